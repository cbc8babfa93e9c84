"""How a server is put under load: clients on sockets, as cheap as Python allows."""
