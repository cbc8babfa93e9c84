"""lib0's encoding of numbers, bytes and strings, which every Yjs protocol is made of."""

_VAR_UINT_BYTES_MAX = 8
SAFE_INTEGER_MAX = 2**53 - 1


class MalformedFrame(Exception):
    """The frame is not valid in its protocol."""


def _read_long_var_uint(data: bytes, offset: int) -> tuple[int, int]:
    value = shift = 0
    for position in range(offset, offset + _VAR_UINT_BYTES_MAX):
        byte = data[position]
        value |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 - the bit that says "more follows"
            if value > SAFE_INTEGER_MAX:
                break
            return value, position + 1
        shift += 7
    raise MalformedFrame("A number is too large.")


class Decoder:
    """Reads a frame from front to back."""

    __slots__ = ("data", "end", "offset")

    def __init__(self, data: bytes, offset: int = 0) -> None:
        self.data = data
        self.offset = offset
        self.end = len(data)

    @property
    def at_end(self) -> bool:
        """Whether everything was read."""
        return self.offset >= self.end

    def expect_end(self) -> None:
        """Refuse bytes that nobody asked for.

        Raises:
            MalformedFrame: something follows.
        """
        if self.offset < self.end:
            raise MalformedFrame("Something follows the end of the message.")

    def var_uint(self) -> int:
        """Read a number of at most 53 bits.

        Raises:
            MalformedFrame: it is cut off or too large.
        """
        offset = self.offset
        try:
            value = self.data[offset]
            if value < 128:  # noqa: PLR2004
                self.offset = offset + 1
                return value
            value, self.offset = _read_long_var_uint(self.data, offset)
        except IndexError:
            raise MalformedFrame("The frame ends too early.") from None
        return value

    def var_bytes(self) -> bytes:
        """Read bytes that their length precedes.

        Raises:
            MalformedFrame: they are cut off.
        """
        size = self.var_uint()
        start = self.offset
        stop = start + size
        if stop > self.end:
            raise MalformedFrame("The frame ends too early.")
        self.offset = stop
        return self.data[start:stop]

    def var_string(self) -> str:
        """Read a string.

        Raises:
            MalformedFrame: it is cut off, or not UTF-8.
        """
        try:
            return self.var_bytes().decode()
        except UnicodeDecodeError:
            raise MalformedFrame("A string is not UTF-8.") from None


def var_uint(number: int) -> bytes:
    """Write a number."""
    if number < 128:  # noqa: PLR2004
        return bytes((number,))
    written = bytearray()
    while number > 127:  # noqa: PLR2004
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def var_bytes(content: bytes) -> bytes:
    """Write bytes behind their length."""
    return var_uint(len(content)) + content


def var_string(text: str) -> bytes:
    """Write a string behind its length in bytes."""
    return var_bytes(text.encode())
