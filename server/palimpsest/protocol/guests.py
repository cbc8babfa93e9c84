"""How a guest says a name: in the place of a token, `guest:` and the name, percent-encoded.

Knows no server: whether guests are let in, and what they may do, is for others to say.
"""

from urllib.parse import quote, unquote

MARK = "guest:"
NAME_CHARACTERS_MAX = 40


def token_of(name: str) -> str:
    """Return what says a name where others show a token, safe in a header and in a cookie."""
    return MARK + quote(name, safe="")


def name_in(token: str) -> str:
    """Return the name that a guest says, "" if none: one line of at most NAME_CHARACTERS_MAX."""
    if not token.startswith(MARK):
        return ""
    words = unquote(token.removeprefix(MARK)).split()
    printable = "".join(filter(str.isprintable, " ".join(words)))
    return printable[:NAME_CHARACTERS_MAX].strip()
