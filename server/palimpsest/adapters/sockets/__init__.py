"""WebSocket connections on the HTTP port."""
