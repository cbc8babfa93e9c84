"""Who is here now: sessions, rooms, presence. Knows no socket and no storage."""
