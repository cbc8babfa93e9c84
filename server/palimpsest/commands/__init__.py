"""The write side: every change to a document passes through here, and nothing else appends."""
