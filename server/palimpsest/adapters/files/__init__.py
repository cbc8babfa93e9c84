"""The files of documents, in the data directory."""
