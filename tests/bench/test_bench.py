import json
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from palimpsest.adapters.load.connection import Door, LoadFailed, extent
from palimpsest.adapters.load.editor import Editor, Typing
from palimpsest.adapters.load.keystrokes import Keystrokes, frame, insertion
from palimpsest.adapters.load.latency import percentile
from palimpsest.adapters.load.pairs import Load, Measured
from palimpsest.protocol import sync
from palimpsest.protocol.websocket import binary_frame
from tests.bench import page, plot, report
from tests.bench.__main__ import main
from tests.bench.contest import costs
from tests.bench.cpu import parse_stat, seconds_by_part, tree
from tests.bench.guest import Guest, Minutes, Table
from tests.bench.hall import figures_of as hall_figures
from tests.bench.meeting import Cast, Heard, Meeting, check_stored
from tests.bench.pairs import compare, figures_of
from tests.bench.profiles import functions
from tests.bench.rounds import FLOOR, OURS, Round, Spread, ratio
from tests.bench.servers import BESIDE, ENGINE, SOCKETS, Start, floor, palimpsest
from tests.bench.suite import PROFILES, SEVERAL, SUITE
from tests.bench.workload import Plan, Target, Workload
from tests.updates import Client

PEER = "@y/websocket-server"
SVG = "http://www.w3.org/2000/svg"
STAT = "7 (a (b) c) S 3 7 7 0 -1 4194304 9 9 9 9 100 20 3 4 20 0 1 0 5 6 7 8 9"


def test_a_process_has_used_what_it_and_its_ended_children_used() -> None:
    assert parse_stat(STAT) == (3, 120, 7)


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


def test_a_typed_letter_is_the_update_that_a_real_client_makes() -> None:
    client = Client(3_141_592_653)
    for number, letter in enumerate("ab c" * 40):
        assert insertion(client.client_id, number, letter) == client.type(letter)


def test_figures_are_those_of_one_edit() -> None:
    measured = Measured(100, 2.0, {SOCKETS: 0.004, BESIDE: 0.006}, 1.0, [0.001, 0.002])
    assert figures_of(measured) == pytest.approx(
        {"CPU us/edit": 40, f"{SOCKETS} us": 40, f"{BESIDE} us": 60, "edits/s": 50}
        | {"p50 ms": 1, "p99 ms": 2}
    )


def test_figures_of_a_hall_are_those_of_one_delivery() -> None:
    heard = Heard(10, 1000, 0, 0, 50_000, 2.0, {"server": 0.01}, 1.0, [0.001])
    assert hall_figures(heard) == pytest.approx(
        {"CPU us/delivery": 10, "edits/s": 5, "p50 ms": 1, "p99 ms": 1, "bytes/delivery": 50}
    )


def test_nothing_at_all_has_no_cost() -> None:
    with pytest.raises(LoadFailed):
        costs({"server": 1.0}, 0, "edit")


def test_a_ratio_is_taken_within_a_round() -> None:
    rounds = [
        costing(OURS, 10, number=1),
        costing(PEER, 20, number=1),
        costing(OURS, 100, number=2),
        costing(PEER, 125, number=2),
        costing(PEER, 1, number=3),
        Round("pairs", "4", PEER, "1", 4, failure="It fell over."),
    ]
    found = ratio(rounds, OURS, PEER, "CPU us/edit")
    assert found is not None
    assert (found.least, found.median, found.most) == pytest.approx((0.5, 0.65, 0.8))
    text = report.text(suite_of(), rounds)
    assert f"CPU us/edit: {OURS} is 0.650 (0.500-0.800) of {PEER}" in text
    assert "round 4: It fell over." in text


def test_a_report_without_peers_has_no_ratio() -> None:
    assert " is " not in report.text(suite_of(), [costing(OURS, 10, number=1)])


@pytest.mark.parametrize(("bound", "is_reached"), [(0.6, True), (0.4, False)])
def test_a_number_is_reached_if_the_median_is_within_its_bound(
    *, bound: float, is_reached: bool
) -> None:
    rounds = [costing(OURS, 10, number=1), costing(PEER, 20, number=1)]
    workload = suite_of(Target("CPU", "4", "CPU us/edit", bound, PEER))
    [verdict] = report.verdicts(workload, rounds)
    assert verdict.is_reached is is_reached
    assert ("NOT REACHED" in report.text(workload, rounds)) is not is_reached


def test_what_was_not_measured_is_not_reached() -> None:
    [verdict] = report.verdicts(suite_of(Target("CPU", "4", "CPU us/edit", 1, PEER)), [])
    assert verdict.is_reached is None


def test_a_busy_client_is_pointed_out() -> None:
    assert report.client([costing(OURS, 1, number=1, client=0.95)]) == "95% (!)"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.1234, "0.123"), (1.234, "1.23"), (12.34, "12.3")]
)
def test_a_figure_is_told_in_three_digits(value: float, text: str) -> None:
    assert Spread([value]).text() == text


def test_the_page_has_every_figure_and_a_picture_of_the_first(tmp_path: Path) -> None:
    rounds = [costing(OURS, 10, number=1), costing(PEER, 20, number=1)]
    rounds.append(Round("pairs", "4", FLOOR, "", 1, failure="It fell over."))
    workload = suite_of(Target("CPU", "4", "CPU us/edit", 0.4, PEER))
    page.write(
        tmp_path,
        {"pairs": workload},
        {"pairs": rounds, "hall": []},
        command="make bench ARGS='whole'",
        machine="a machine",
        went_wrong=["hall: It did not begin."],
    )
    text = (tmp_path / "benchmarks.md").read_text()
    assert "make bench ARGS='whole'" in text
    assert "| Pairs: 4 | CPU us/edit | ≤ 0.400 of @y/websocket-server's | 0.500 | **no** |" in text
    assert f"| {PEER} 1 | 20.0 | 50% | 0.500 |" in text
    assert "floor, round 1: It fell over." in text
    assert "hall: It did not begin." in text
    picture = ElementTree.fromstring((tmp_path / "benchmarks" / "pairs.svg").read_text())
    widths = [float(bar.attrib["width"]) for bar in picture.iter(f"{{{SVG}}}rect")]
    assert widths == [pytest.approx(190), pytest.approx(380)]


def test_a_bar_that_is_far_longer_than_ours_is_cut_off() -> None:
    rounds = [costing(OURS, 1, number=1), costing(PEER, 100, number=1)]
    picture = ElementTree.fromstring(plot.svg("Pairs", rounds))
    ours, theirs = (float(bar.attrib["width"]) for bar in picture.iter(f"{{{SVG}}}rect"))
    assert theirs == pytest.approx(ours * plot.CUT_AT, rel=0.01)
    assert any(each.attrib.get("class") == "cut" for each in picture.iter(f"{{{SVG}}}path"))


def test_a_workload_that_falls_over_does_not_take_the_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def measure(plan: Plan) -> AsyncIterator[Round]:
        yield costing(OURS, 10, number=1)
        raise ZeroDivisionError

    monkeypatch.setitem(SUITE, "pairs", suite_of()._replace(measure=measure))
    arguments = ["bench", "pairs", "disk", "--quick", "--json", str(tmp_path / "found.json")]
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 1
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["went wrong"] == ["pairs: ZeroDivisionError()"]
    assert {each["workload"] for each in found["rounds"]} == {"pairs", "disk"}


def test_profiles_and_groups_name_workloads_that_exist() -> None:
    for profile in PROFILES.values():
        assert set(profile.workloads) <= SUITE.keys()
    assert all(set(several) <= SUITE.keys() for several in SEVERAL.values())


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
        for document, (ann, bob) in load.pairs().items():
            compare(document, ann, bob)
        assert contestant.version_of is not None
        for document, count in load.edits().items():
            assert await contestant.version_of(document) == count + 1


@pytest.mark.parametrize("start", [palimpsest, floor])
async def test_all_who_meet_hear_each_edit(tmp_path: Path, start: Start) -> None:
    async with start(tmp_path) as contestant:
        meeting = Meeting(contestant, ["hall"], Cast(writers=2, readers=40, edits=20))
        meter = partial(seconds_by_part, contestant.pid, contestant.part_of)
        heard = await meeting.run(meter, warm_up=0.1, seconds=0.5)
        assert heard.delivered > 0
        assert heard.latencies
        [table] = meeting.tables
        written = sum(table.written.values())
        assert sum(guest.written for guest in meeting.writers) == written
        assert all(sum(guest.clocks.values()) == written for guest in meeting.readers)
        assert meeting.minutes.delivered == 41 * written


async def test_readers_may_move_their_cursors(tmp_path: Path) -> None:
    async with palimpsest(tmp_path) as contestant:
        meeting = Meeting(contestant, ["hall"], Cast(writers=1, readers=3, edits=5, moves=10))
        heard = await meeting.run(dict, warm_up=0.1, seconds=0.5)
        assert heard.told > heard.delivered > 0


async def test_slow_readers_hear_all_in_the_end(tmp_path: Path) -> None:
    async with palimpsest(tmp_path) as contestant:
        meeting = Meeting(contestant, ["hall"], Cast(writers=1, readers=4, edits=20, slow=2))
        await meeting.run(dict, warm_up=0.1, seconds=0.5)
        written = meeting.writers[0].written
        assert all(list(guest.clocks.values()) == [written] for guest in meeting.readers)


async def test_what_is_not_stored_is_noticed(tmp_path: Path) -> None:
    async with palimpsest(tmp_path) as contestant:
        table = Table("empty")
        table.written[7] = 1
        with pytest.raises(LoadFailed):
            await check_stored(contestant.door, table, seconds=0.2)


def test_a_guest_that_misses_an_edit_is_noticed() -> None:
    minutes = Minutes()
    guest = listening(minutes, 1)
    for number in (0, 2):
        guest.data_received(binary_frame(sync.update(insertion(7, number, "a"))))
        assert (minutes.failure is None) is (number == 0)


def test_what_many_are_told_is_looked_into_once() -> None:
    minutes = Minutes()
    data = binary_frame(sync.update(insertion(7, 0, "a")))
    for number in (1, 2):
        guest = listening(minutes, number)
        guest.data_received(data)
        assert guest.clocks == {7: 1}
    assert list(minutes.known) == [data]
    assert minutes.delivered == 2


@pytest.mark.parametrize("cut", [1, 3, 100, 70_001])
def test_a_message_in_pieces_is_put_together(cut: int) -> None:
    minutes = Minutes()
    guest = listening(minutes, 1)
    data = binary_frame(sync.update(insertion(7, 0, "a" * 70_000)))
    for piece in (data[:cut], data[cut:]):
        guest.data_received(piece)
    assert guest.clocks == {7: 70_000}
    assert guest.bytes == len(data)


@pytest.mark.parametrize(("size", "head"), [(125, 6), (126, 8), (65_536, 14)])
def test_a_message_of_any_length_is_framed_and_masked(size: int, head: int) -> None:
    written = frame(bytes(size))
    assert len(written) == head + size
    assert written.endswith(b"\x5a" * size)


def listening(minutes: Minutes, number: int) -> Guest:
    guest = Guest(minutes, Door(0, "/"), Table("hall"), number, is_ear=False)
    guest.is_open = True
    guest._take = guest.hear
    return guest


def suite_of(*targets: Target) -> Workload:
    return Workload("pairs", "Pairs", "Two type.", SUITE["pairs"].measure, targets)


def costing(server: str, microseconds: float, *, number: int, client: float = 0.5) -> Round:
    return Round("pairs", "4", server, "1", number, {"CPU us/edit": microseconds}, client)


def editors() -> tuple[Editor, Editor]:
    anns, bobs = Keystrokes(1, 5, 0), Keystrokes(2, 5, 0)
    door = Door(0, "/")
    ann = Editor(Typing(), door, "document", anns, bobs)
    bob = Editor(Typing(), door, "document", bobs, anns)
    ann.partner, bob.partner = bob, ann
    return ann, bob
