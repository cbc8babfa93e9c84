"""The log in SQLite, through apsw."""
