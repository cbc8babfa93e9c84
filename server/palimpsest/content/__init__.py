"""What a page is: the block model, and pure readers and writers. Knows no CRDT and no I/O."""
