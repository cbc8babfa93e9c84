"""Cutting what clients send into frames: whatever the pieces in which it comes."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from palimpsest.adapters.sockets.frames import FrameCutter, Other

SIZE_MAX = 100_000

SIZES = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536, SIZE_MAX])
OPCODES = st.sampled_from([Opcode.BINARY, Opcode.TEXT, Opcode.CONT])
FRAMES = st.builds(
    lambda opcode, size, fin: Frame(
        opcode, bytes(range(256)) * (size // 256) + bytes(size % 256), fin
    ),
    OPCODES,
    SIZES,
    st.booleans(),
)
CONTROL = st.builds(Frame, st.sampled_from([Opcode.PING, Opcode.CLOSE]), st.binary(max_size=125))


def pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    """Cut data into pieces of the given sizes, again and again."""
    cut = []
    while data:
        for size in sizes:
            cut.append(data[:size])
            data = data[size:]
    return [piece for piece in cut if piece]


def taken(cutter: FrameCutter, data: bytes, *, plain: bool = True) -> list[bytes | Other]:
    """Return what comes of some data."""
    cutter.feed(data)
    found = []
    while (frame := cutter.take(plain=plain)) is not None:
        found.append(frame)
    return found


@given(st.lists(FRAMES | CONTROL, max_size=8), st.lists(st.integers(1, 70_000), min_size=1))
def test_plain_frames_are_unmasked_and_others_come_whole(
    frames: list[Frame], sizes: list[int]
) -> None:
    cutter = FrameCutter(SIZE_MAX)
    sent = [(frame, frame.serialize(mask=True)) for frame in frames]
    whole = b"".join(data for _, data in sent)
    found = [frame for piece in pieces(whole, sizes) for frame in taken(cutter, piece)]
    assert found == [
        frame.data if frame.opcode is Opcode.BINARY and frame.fin else Other(data)
        for frame, data in sent
    ]


def test_nothing_is_plain_while_a_message_in_fragments_is_under_way() -> None:
    data = Frame(Opcode.BINARY, b"hello").serialize(mask=True)
    assert taken(FrameCutter(SIZE_MAX), data, plain=False) == [Other(data)]


def test_of_a_frame_that_is_too_large_no_more_is_kept_than_says_so() -> None:
    data = Frame(Opcode.BINARY, bytes(SIZE_MAX + 1)).serialize(mask=True)
    cutter = FrameCutter(SIZE_MAX)
    assert taken(cutter, data[:5000]) == [Other(data[:10])]


def test_a_frame_that_is_not_masked_is_not_plain() -> None:
    data = Frame(Opcode.BINARY, b"hello").serialize(mask=False)
    assert taken(FrameCutter(SIZE_MAX), data) == [Other(data)]


def test_a_short_frame_behind_a_large_one_does_not_wait_for_more() -> None:
    cutter = FrameCutter(SIZE_MAX)
    large = Frame(Opcode.BINARY, bytes(5000)).serialize(mask=True)
    short = Frame(Opcode.BINARY, b"x").serialize(mask=True)
    assert taken(cutter, large[:100]) == []
    assert taken(cutter, large[100:] + short[:1]) == [bytes(5000)]
    assert taken(cutter, short[1:]) == [b"x"]
