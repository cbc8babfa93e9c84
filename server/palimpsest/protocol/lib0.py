"""lib0's encoding of numbers, bytes and strings, which every Yjs protocol is made of."""

SAFE_INTEGER_MAX = 2**53 - 1
CLOCK_MAX = 2**31 - 1
"""The highest clock that every implementation of Yjs can count to."""
MORE = 0x80  # the bit of a byte that says that the number goes on

_VAR_UINT_BYTES_MAX = 8


class MalformedFrame(Exception):
    """The frame is not valid in its protocol."""


def read_var_uint(data: bytes, offset: int) -> tuple[int, int]:
    """Return the number at `offset` and the offset behind it.

    Raises:
        IndexError: it is cut off.
        MalformedFrame: it is too large.
    """
    # Written out as far as most client ids go, which have 32 bits: nothing else is as fast.
    # What is subtracted are the bits that say that the number goes on.
    first = data[offset]
    if first < MORE:
        return first, offset + 1
    second = data[offset + 1]
    if second < MORE:
        return first + (second << 7) - 0x80, offset + 2
    third = data[offset + 2]
    if third < MORE:
        return first + (second << 7) + (third << 14) - 0x4080, offset + 3
    value = first + (second << 7) + (third << 14) - 0x204080
    fourth = data[offset + 3]
    if fourth < MORE:
        return value + (fourth << 21), offset + 4
    fifth = data[offset + 4]
    if fifth < MORE:
        return value + (fourth << 21) + (fifth << 28) - 0x10000000, offset + 5
    return _read_long_var_uint(data, offset)


def _read_long_var_uint(data: bytes, offset: int) -> tuple[int, int]:
    value = shift = 0
    for position in range(offset, offset + _VAR_UINT_BYTES_MAX):
        byte = data[position]
        value |= (byte & 127) << shift
        if byte < MORE:
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
            if value < MORE:
                self.offset = offset + 1
            else:
                value, self.offset = read_var_uint(self.data, offset)
        except IndexError:
            raise MalformedFrame("The frame ends too early.") from None
        return value

    def var_bytes(self) -> bytes:
        """Read bytes that their length precedes.

        Raises:
            MalformedFrame: they are cut off.
        """
        try:
            size, start = read_var_uint(self.data, self.offset)
        except IndexError:
            raise MalformedFrame("The frame ends too early.") from None
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
    if number < MORE:
        return bytes((number,))
    if number < MORE * MORE:  # How long most messages are: in half the time.
        return bytes((number & 127 | MORE, number >> 7))
    written = bytearray()
    while number >= MORE:
        written.append(number & 127 | MORE)
        number >>= 7
    written.append(number)
    return bytes(written)


def var_bytes(content: bytes) -> bytes:
    """Write bytes behind their length."""
    return var_uint(len(content)) + content


def var_string(text: str) -> bytes:
    """Write a string behind its length in bytes."""
    return var_bytes(text.encode())
