"""Types in types in types."""

import dataclasses

import pytest

from palimpsest.domain.refusals import MalformedUpdate, UpdateTooLarge
from palimpsest.limits import Limits
from palimpsest.protocol.lib0 import var_uint
from palimpsest.protocol.scanner import scan
from tests.unit.protocol.updates import (
    DELETED,
    array,
    element,
    gone,
    item,
    section,
    skip,
    text,
    update,
)

LIMITS = dataclasses.replace(Limits(), update_nesting_max=4)


def _nested(levels: int, *, client: int = 1) -> list[bytes]:
    """Types each of which is in the one before; the first is in a root type."""
    return [array(), *(array(parent=(client, clock)) for clock in range(levels - 1))]


def test_types_may_be_nested_up_to_the_limit() -> None:
    scan(update(section(1, 0, *_nested(4), text("a", parent=(1, 3)))), LIMITS)
    with pytest.raises(UpdateTooLarge, match="deeper than 4"):
        scan(update(section(1, 0, *_nested(5), text("a", parent=(1, 4)))), LIMITS)


def test_types_beside_each_other_are_no_deeper_for_being_many() -> None:
    structs = [array()]
    structs += [array(origin=(1, clock)) for clock in range(50)]
    structs += [text("a", parent=(1, clock)) for clock in range(51)]
    structs += [text("b", parent=(2, clock)) for clock in range(51)]
    scan(update(section(1, 0, *structs)), LIMITS)


def test_who_stands_beside_something_deep_is_as_deep() -> None:
    structs: list[bytes] = [array()]
    for clock in range(0, 12, 3):
        # A letter in the type, a letter beside it, and beside that, by its right, the next type.
        structs.append(text("ab", parent=(1, clock)))
        structs.append(item(7, b"\x00", right_origin=(1, clock + 2)))
    scan(update(section(1, 0, *structs)), LIMITS)
    with pytest.raises(UpdateTooLarge, match="deeper"):
        scan(update(section(1, 0, *structs, text("a", parent=(1, 12)))), LIMITS)


def test_depth_is_counted_across_clients() -> None:
    def sections(levels: int) -> list[bytes]:
        return [
            section(100 - level, 0, array(parent=(101 - level, 0)) if level else array())
            for level in range(levels)
        ]

    def written(levels: int) -> bytes:
        return update(
            *reversed(sections(levels)), section(1, 0, text("a", parent=(101 - levels, 0)))
        )

    scan(written(4), LIMITS)
    with pytest.raises(UpdateTooLarge, match="deeper"):
        scan(written(5), LIMITS)


def test_what_the_document_has_already_does_not_count() -> None:
    # The first is in a type that was there before: by another client, by the same, and in a gap.
    for outside in ((7, 3), (1, 2), (1, 9)):
        within = [array(parent=outside), *(array(parent=(1, clock)) for clock in (10, 11, 12))]
        leaves = [text("a", parent=(1, clock)) for clock in (10, 11, 12, 13)]
        structs = [skip(1), *within, *leaves]
        scan(update(section(1, 9, *structs, array(parent=(1, 12)))), LIMITS)
        structs += [array(parent=(1, 13)), text("b", parent=(1, 18))]
        with pytest.raises(UpdateTooLarge, match="deeper"):
            scan(update(section(1, 9, *structs)), LIMITS)


def test_what_is_in_something_gone_is_no_deeper_than_that() -> None:
    structs = [gone(2), array(parent=(1, 1)), *(array(parent=(1, k)) for k in (2, 3, 4))]
    scan(update(section(1, 0, *structs, text("a", parent=(1, 4)))), LIMITS)
    scan(update(section(1, 0, *structs, array(origin=(1, 0)), text("b", parent=(1, 6)))), LIMITS)


def test_types_that_hold_each_other_are_malformed() -> None:
    first = [array(parent=(2, clock)) for clock in range(6)]
    second = [array(parent=(1, clock)) for clock in range(6)]
    with pytest.raises(MalformedUpdate, match="itself"):
        scan(update(section(1, 0, *first), section(2, 0, *second)), Limits(update_nesting_max=5))


def test_types_that_stand_beside_each_other_in_a_circle_are_malformed() -> None:
    first = [array(origin=(2, clock)) for clock in range(6)]
    second = [array(origin=(1, clock)) for clock in range(6)]
    third = [text("a", parent=(1, clock)) for clock in range(6)]
    with pytest.raises(MalformedUpdate, match="itself"):
        scan(update(section(1, 0, *first), section(2, 0, *second), section(3, 0, *third)), LIMITS)


@pytest.mark.parametrize(
    "parent", [text("ab"), item(8, b"\x02\x7e\x7e"), item(5, b"\x02{}"), item(6, b"\x01b\x011")]
)
def test_what_is_no_type_can_hold_nothing(parent: bytes) -> None:
    with pytest.raises(MalformedUpdate, match="can hold nothing"):
        scan(update(section(1, 0, parent, text("c", parent=(1, 0)))))
    with pytest.raises(MalformedUpdate, match="can hold nothing"):
        scan(update(section(2, 0, text("c", parent=(1, 0))), section(1, 0, parent)))


@pytest.mark.parametrize(
    "parent", [array(), element("p"), gone(1), skip(1), item(DELETED, var_uint(1))]
)
def test_what_is_or_was_a_type_or_is_not_here_may_be_a_parent(parent: bytes) -> None:
    scan(update(section(1, 0, parent, text("c", parent=(1, 0)))))
    scan(update(section(2, 0, text("c", parent=(1, 0))), section(1, 0, parent)))


def test_the_deepest_may_come_first() -> None:
    for levels in (4, 5, 6, 7, 50):
        deepest_first = [text("a", parent=(1, clock)) for clock in reversed(range(levels))]
        written = update(section(2, 0, *deepest_first), section(1, 0, *_nested(levels)))
        if levels <= 4:
            scan(written, LIMITS)
        else:
            with pytest.raises(UpdateTooLarge, match="deeper"):
                scan(written, LIMITS)


def test_any_depth_is_survived() -> None:
    with pytest.raises(UpdateTooLarge, match="deeper than 64"):
        scan(update(section(1, 0, *_nested(50_000))))
