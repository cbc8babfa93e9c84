"""Cutting what clients send into frames: whatever the pieces in which it comes."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from palimpsest.adapters.sockets.frames import FrameCutter, Other

SIZE_MAX = 100_000


SIZES = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536, SIZE_MAX])
SENT = st.tuples(
    st.sampled_from([Opcode.BINARY, Opcode.TEXT, Opcode.CONT]), SIZES, st.booleans()
) | st.tuples(
    st.sampled_from([Opcode.PING, Opcode.CLOSE]), st.integers(0, 125), st.just(value=True)
)


def pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    """Cut data into pieces of the given sizes and a large one, again and again."""
    cut = []
    while data:
        for size in [*sizes, 20_000]:
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


@given(st.lists(SENT, max_size=8), st.lists(st.integers(1, 70_000)))
def test_plain_frames_are_unmasked_and_others_come_whole(
    sent: list[tuple[Opcode, int, bool]], sizes: list[int]
) -> None:
    frames = [
        Frame(opcode, (bytes(range(256)) * (size // 256 + 1))[:size], fin)
        for opcode, size, fin in sent
    ]
    masked = [frame.serialize(mask=True) for frame in frames]
    cutter = FrameCutter(SIZE_MAX)
    found = [frame for piece in pieces(b"".join(masked), sizes) for frame in taken(cutter, piece)]
    wanted = [
        frame.data if frame.opcode is Opcode.BINARY and frame.fin else Other(data)
        for frame, data in zip(frames, masked, strict=True)
    ]
    assert len(found) == len(wanted)
    assert all(one == other for one, other in zip(found, wanted, strict=True))


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
