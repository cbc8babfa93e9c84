"""What is true of a document: decided, then folded. Knows no I/O, no clock, no chance."""
