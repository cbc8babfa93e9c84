"""The engine: a process that joins the replicas and the log, and the client that speaks to it."""
