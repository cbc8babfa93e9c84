"""How a command ends that cannot do what it was asked: one clear line."""


class Failure(Exception):
    """What went wrong and what to do, for the person at the terminal."""
