import os
from functools import partial
from pathlib import Path

import pytest

from palimpsest.protocol.websocket import binary_frame
from tests.bench.cpu import parse_stat, seconds_by_part, tree
from tests.bench.editor import Door, Editor, LoadFailed, Progress, extent
from tests.bench.keystrokes import Keystrokes
from tests.bench.load import Load, Measured, compare
from tests.bench.profiles import functions
from tests.bench.report import Result, as_json, percentile, ratios, result_of, table
from tests.bench.servers import BESIDE, ENGINE, PALIMPSEST, SOCKETS, palimpsest

PEER = "@y/websocket-server"
STAT = "7 (a (b) c) S 3 7 7 0 -1 4194304 9 9 9 9 100 20 3 4 20 0 1 0 5 6 7 8 9"


def test_a_process_has_used_what_it_and_its_ended_children_used() -> None:
    assert parse_stat(STAT) == (3, 127)


def test_the_system_counts_the_processes_of_a_tree() -> None:
    assert os.getpid() in tree(os.getppid())
    counted = seconds_by_part(os.getpid(), lambda _command: "test")["test"]
    assert counted == pytest.approx(sum(os.times()[:4]), abs=0.2)


@pytest.mark.parametrize(
    ("fraction", "expected"), [(0.0, 1), (0.5, 2), (0.51, 3), (0.99, 4), (1.0, 4)]
)
def test_a_percentile_is_a_value_that_was_measured(fraction: float, expected: float) -> None:
    assert percentile([1, 2, 3, 4], fraction) == expected


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_is_cut_out_where_it_begins_and_ends(size: int) -> None:
    payload = bytes(size)
    data = b"##" + binary_frame(payload) + b"##"
    start, stop = extent(data, 2)
    assert data[start:stop] == payload
    assert data[stop:] == b"##"


def test_a_frame_that_is_cut_off_ends_beyond_the_data() -> None:
    frame = binary_frame(bytes(70_000))
    assert all(extent(frame[:size], 0)[1] > size for size in (2, 3, 9, 10, 100))


def test_figures_are_those_of_one_edit() -> None:
    measured = Measured(100, 2.0, {SOCKETS: 0.004, BESIDE: 0.006}, 1.0, [0.001, 0.002])
    result = result_of(PALIMPSEST, "1", 4, 1, measured)
    assert result.edits_per_second == 50
    assert result.cpu_microseconds == pytest.approx({SOCKETS: 40, BESIDE: 60})
    assert result.cost == pytest.approx(40)
    assert (result.p50_milliseconds, result.p99_milliseconds) == (1, 2)
    assert result.client_cores == 0.5


def test_a_ratio_is_taken_within_a_round() -> None:
    results = [
        costing(PALIMPSEST, 10, number=1),
        costing(PEER, 20, number=1),
        costing(PALIMPSEST, 100, number=2),
        costing(PEER, 125, number=2),
        costing(PEER, 1, number=3),
    ]
    found = ratios(results)[PEER]
    assert (found.least, found.most) == (0.5, 0.8)
    assert f"{PALIMPSEST} costs 0.65 (0.50-0.80) of {PEER}" in table(results)
    assert as_json(results)["ratios"]["4"][PEER]["median"] == pytest.approx(0.65)


def test_a_table_without_peers_has_no_ratio() -> None:
    assert "costs" not in table([costing(PALIMPSEST, 10, number=1)])


def test_a_profile_counts_where_time_is_spent_and_what_for() -> None:
    own, outer = functions("main;read 30\nmain;read;parse 60\nmain 10").splitlines()[1:3]
    assert own.split() == ["60.0%", "60.0%", "parse"]
    assert outer.split() == ["30.0%", "90.0%", "read"]


def test_an_edit_that_did_not_arrive_is_noticed() -> None:
    ann, bob = editors()
    ann.sent, bob.sent = 3, 4
    ann.updates, bob.updates = bob.sent_updates, ann.sent_updates
    compare("document", ann, bob)
    bob.updates = bob.updates[:-1]
    with pytest.raises(LoadFailed):
        compare("document", ann, bob)


async def test_pairs_type_through_a_server_that_counts_each_edit(tmp_path: Path) -> None:
    async with palimpsest(tmp_path) as contestant:
        load = Load(contestant.door, ["one", "two"], in_flight=2)
        meter = partial(seconds_by_part, contestant.pid, contestant.part_of)
        measured = await load.run(meter, warm_up=0.1, seconds=0.2)
        assert measured.edits == len(measured.latencies) > 0
        assert measured.cpu.keys() >= {SOCKETS, ENGINE}
        assert contestant.version_of is not None
        for document, count in load.edits().items():
            assert await contestant.version_of(document) == count + 1


def costing(server: str, microseconds: float, *, number: int) -> Result:
    return Result(server, "1", 4, number, 1000, {"server": microseconds}, 1, 2, 0.5)


def editors() -> tuple[Editor, Editor]:
    anns, bobs = Keystrokes(1, 5, 0), Keystrokes(2, 5, 0)
    door = Door(0, "/")
    ann = Editor(Progress(), door, "document", anns, bobs)
    bob = Editor(Progress(), door, "document", bobs, anns)
    ann.partner, bob.partner = bob, ann
    return ann, bob
