from dataclasses import replace
from pathlib import Path

import pytest

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.pace import Pace
from palimpsest.adapters.load.pairs import PacedLoad
from tests.bench.audience import Attendance
from tests.bench.crowd import read_figures
from tests.bench.nginx import configuration_of
from tests.bench.reading import Answers, Ids
from tests.bench.rebuild import VIEWS, measure, updates, write_log
from tests.bench.servers import palimpsest
from tests.bench.workload import Plan
from tests.harness.traces import generated
from tests.updates import text_of

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello"
EVENTS = b"id: 7\ndata: {}\n\nb3\r\nevent: snapshot\nid: 12\ndata: {}\n\n: still here\n\n"


@pytest.mark.parametrize("cut", range(1, len(ANSWER)))
def test_an_answer_is_whole_wherever_it_was_cut(cut: int) -> None:
    answers = Answers()
    for _ in range(2):
        assert not answers.take(ANSWER[:cut])
        assert answers.take(ANSWER[cut:])


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER.replace(b"200 OK", b"503 Service Unavailable"),
        ANSWER.replace(b"Content-Length: 5", b"Transfer-Encoding: chunked"),
        ANSWER + b"!",
    ],
)
def test_what_is_no_good_answer_is_noticed(answer: bytes) -> None:
    with pytest.raises(LoadFailed):
        Answers().take(answer)


@pytest.mark.parametrize("cut", range(1, len(EVENTS)))
def test_the_newest_id_is_known_wherever_a_stream_was_cut(cut: int) -> None:
    ids = Ids()
    ids.take(b"event: snapshot\n" + EVENTS[:cut])
    ids.take(EVENTS[cut:])
    assert ids.newest == 12
    ids.take(b"x" * 100)
    assert ids.newest == 12


def test_who_was_held_up_makes_up_for_all_that_was_due() -> None:
    done: list[float] = []
    pace = Pace(4, done.append)
    pace.catch_up(0.5)
    pace.catch_up(0.6)
    assert done == [0.0, 0.25, 0.5]
    pace.catch_up(1.0)
    assert done[3:] == [0.75, 1.0]


async def test_paced_editors_type_at_their_rate(tmp_path: Path) -> None:
    async with palimpsest(tmp_path) as contestant:
        load = PacedLoad(contestant.door, ["one", "two"], per_second=10)
        measured = await load.run(dict, warm_up=0.2, seconds=1.0)
        assert measured.edits / measured.seconds == pytest.approx(40, rel=0.25)
        assert measured.edits <= sum(load.edits().values())


def test_readers_must_be_told_the_last_version() -> None:
    found = Attendance(990.0, 1.0, 9.0, 10, 10, 2e6, 0.25)
    assert read_figures(found)["reads/s"] == 990
    with pytest.raises(LoadFailed, match="9 of 10"):
        read_figures(replace(found, complete=9))


def test_a_log_of_keystrokes_holds_what_was_typed(tmp_path: Path) -> None:
    session = generated(1, count=300)
    payloads = list(updates(session.patches))
    assert write_log(tmp_path, payloads) == len(session.patches) + 1
    assert len(text_of(*payloads)) == len(session.text)


async def test_each_view_is_made_from_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.rebuild.typed", lambda _name: generated(1, count=100))
    monkeypatch.setattr("tests.bench.rebuild.EVENTS", 200)
    plan = Plan(tmp_path / "data", rounds=1, seconds=1.0)
    found = [each async for each in measure(plan)]
    assert [(each.setting, each.figures["events"]) for each in found] == [
        (view, 101) for view in VIEWS
    ]


def test_nginx_writes_nothing_outside_its_folder(tmp_path: Path) -> None:
    text = configuration_of(tmp_path, 1)
    places = [line for line in text.split(";") if "_path" in line or "pid" in line]
    assert len(places) == 6
    assert all(str(tmp_path) in place for place in places)
