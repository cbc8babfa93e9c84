"""The databases as readers see them: read-only, through aiosqlite, beside their writers."""
