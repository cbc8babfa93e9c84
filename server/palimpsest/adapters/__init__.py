"""How the server touches the world. No adapter knows another, but for the engine."""
