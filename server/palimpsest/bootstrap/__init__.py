"""The composition roots, one a process: the only modules that know every part."""
