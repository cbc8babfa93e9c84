"""What tests with real servers and real clients stand on."""
