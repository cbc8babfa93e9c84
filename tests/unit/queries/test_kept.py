"""What is kept in memory: never more than may be, and what was used last."""

from hypothesis import given
from hypothesis import strategies as st

from palimpsest.queries.kept import Kept

BYTES_MAX = 100

puts = st.tuples(st.just("put"), st.integers(0, 9), st.integers(0, 120))
others = st.tuples(st.sampled_from(["get", "drop"]), st.integers(0, 9), st.just(0))


@given(st.lists(puts | others))
def test_what_is_kept_is_what_was_used_last_and_has_room(
    steps: list[tuple[str, int, int]],
) -> None:
    kept: Kept[int, int] = Kept(BYTES_MAX)
    model: dict[int, int] = {}  # in the order of last use
    for does, key, size in steps:
        if does == "put":
            kept.put(key, size, size)
            model.pop(key, None)
            model[key] = size
            while sum(model.values()) > BYTES_MAX:
                del model[next(iter(model))]
        elif does == "get":
            assert kept.get(key) == model.get(key)
            if key in model:
                model[key] = model.pop(key)
        else:
            kept.drop(key)
            model.pop(key, None)
    assert {key: kept.get(key) for key in range(10)} == {key: model.get(key) for key in range(10)}


def test_nothing_is_left_when_everything_is_let_go() -> None:
    kept: Kept[str, str] = Kept(BYTES_MAX)
    kept.put("a", "thing", 60)
    kept.clear()
    assert kept.get("a") is None
    kept.put("b", "thing", 100)
    assert kept.get("b") == "thing", "all the room is there again"
