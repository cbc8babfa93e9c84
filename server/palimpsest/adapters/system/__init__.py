"""Clock, chance, secrets and the file system of this machine."""
