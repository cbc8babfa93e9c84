"""How clients speak: bytes in, messages out. Knows no socket and no document."""
