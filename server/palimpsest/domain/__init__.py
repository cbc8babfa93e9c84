"""What is true of a document, decided and folded. Standard library only: no I/O, no clock, no chance."""
