"""The replay worker: a process that shows documents as of any version, and its client."""
