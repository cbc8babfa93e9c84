"""Where views are kept: transactions, several writers, and files that go away or were damaged."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import apsw
import pytest

from palimpsest.adapters.sqlite import views as views_file
from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews
from palimpsest.ports import ViewsGone, ViewsRefused
from tests.contract.writers import writer

MAKE = "CREATE TABLE IF NOT EXISTS words (word TEXT)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def views(path: Path) -> Iterator[SqliteViews]:
    made = SqliteViews(path)
    yield made
    made.close()


def write(views: SqliteViews, *words: str) -> None:
    with views.transaction() as rows:
        rows.execute(MAKE)
        rows.execute_many("INSERT INTO words VALUES (?)", [(word,) for word in words])


def fail(views: SqliteViews, word: str, failure: BaseException) -> None:
    with views.transaction() as rows:
        rows.execute("INSERT INTO words VALUES (?)", (word,))
        raise failure


def words_in(views: SqliteViews) -> list[str]:
    with views.transaction() as rows:
        rows.execute(MAKE)
        return [word for (word,) in rows.execute("SELECT word FROM words ORDER BY word")]


def words_at(path: Path) -> list[str]:
    views = SqliteViews(path)
    try:
        return words_in(views)
    finally:
        views.close()


def assert_begun_anew(views: SqliteViews, path: Path) -> None:
    """Check that views which are gone are told once, and that new ones can be used."""
    with pytest.raises(ViewsGone):
        words_in(views)
    write(views, "new")
    assert words_at(path) == ["new"]


# Transactions.


def test_what_was_committed_is_there_and_what_failed_is_not(views: SqliteViews) -> None:
    write(views, "kept")
    for failure in (ValueError(), KeyboardInterrupt()):
        with pytest.raises(type(failure)):
            fail(views, "lost", failure)
    assert words_in(views) == ["kept"]


def test_nothing_is_seen_before_it_is_committed(views: SqliteViews, path: Path) -> None:
    write(views, "old")
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    with views.transaction() as rows:
        rows.execute("UPDATE words SET word = 'new'")
        assert list(reader.execute("SELECT word FROM words")) == [("old",)]
    assert list(reader.execute("SELECT word FROM words")) == [("new",)]
    reader.close()


def test_a_mistake_in_sql_is_the_projections_own(views: SqliteViews) -> None:
    with pytest.raises(apsw.SQLError), views.transaction() as rows:
        rows.execute("SELECT * FROM nothing")
    with pytest.raises(apsw.ConstraintError), views.transaction() as rows:
        rows.execute("CREATE TABLE numbers (n UNIQUE); INSERT INTO numbers VALUES (1), (1)")
    write(views, "kept")


def test_views_survive_their_connection(path: Path) -> None:
    views = SqliteViews(path)
    write(views, "kept")
    views.close()
    assert words_at(path) == ["kept"]
    assert words_in(views) == ["kept"]
    views.close()


# Several writers.


def test_a_writer_waits_until_another_process_has_committed(
    views: SqliteViews, path: Path
) -> None:
    with writer(path) as other:
        assert other.do("begin", "write theirs") == ["done", "done"]
        other.tell("commit")
        write(views, "ours")
        assert other.answer() == "done"
    assert words_in(views) == ["ours", "theirs"]


def test_a_writer_that_waits_too_long_is_refused_and_nothing_of_it_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_file, "BUSY_MILLISECONDS", 20)
    views = SqliteViews(path)
    write(views, "first")
    with writer(path) as other:
        assert other.do("begin", "write theirs") == ["done", "done"]
        with pytest.raises(ViewsRefused):
            write(views, "ours")
        assert other.do("commit") == ["done"]
    assert words_in(views) == ["first", "theirs"]
    write(views, "ours")
    assert words_in(views) == ["first", "ours", "theirs"]
    views.close()


def test_two_connections_of_one_process_take_turns(views: SqliteViews, path: Path) -> None:
    other = SqliteViews(path)
    for number in range(5):
        write(views, f"a{number}")
        write(other, f"b{number}")
    assert words_in(other) == [f"{which}{number}" for which in "ab" for number in range(5)]
    other.close()


def test_many_that_begin_at_once_beside_remains_lose_nothing(path: Path) -> None:
    for _ in range(3):
        with ExitStack() as stack:
            writers = [stack.enter_context(writer(path)) for _ in range(4)]
            assert [each.do("nothing") for each in writers] == [["done"]] * 4
            for number, each in enumerate(writers):
                for line in ("begin", f"write {number}", "commit"):
                    each.tell(line)
            assert {each.answer() for each in writers for _ in range(3)} == {"done"}
            assert words_at(path) == ["0", "1", "2", "3"]
            # Whoever deletes the database alone leaves its WAL, here and for the next round.
            for each in writers:
                each.process.kill()
        path.unlink()


# Files that go away.


def test_deleted_views_are_told_once_and_made_anew(views: SqliteViews, path: Path) -> None:
    write(views, "old")
    views_file.remove(path)
    assert list(path.parent.iterdir()) == []
    assert_begun_anew(views, path)


def test_a_database_deleted_without_its_wal_does_not_come_back(
    views: SqliteViews, path: Path
) -> None:
    write(views, "old")
    path.unlink()
    assert_begun_anew(views, path)


def test_remains_of_an_earlier_process_do_not_come_back(path: Path) -> None:
    with writer(path) as other:
        other.do("begin", "write old", "commit")
        other.process.kill()
    assert Path(f"{path}-wal").stat().st_size > 0
    path.unlink()
    assert words_at(path) == []


def test_views_deleted_in_the_middle_of_a_transaction_are_gone_after_it(
    views: SqliteViews, path: Path
) -> None:
    write(views, "old")
    with views.transaction() as rows:
        views_file.remove(path)
        rows.execute("INSERT INTO words VALUES ('lost')")
    assert_begun_anew(views, path)


def test_views_are_of_another_generation_when_they_are_others(
    views: SqliteViews, path: Path
) -> None:
    write(views, "old")
    first = views.generation()
    write(views, "more")
    assert views.generation() == first
    for _ in range(3):
        path.unlink()
        with pytest.raises(ViewsGone):
            views.generation()
        # Whoever shares them learns it so.
        assert views.generation() != first
        assert words_in(views) == []


def test_whoever_comes_second_finds_the_new_views(views: SqliteViews, path: Path) -> None:
    other = SqliteViews(path)
    write(views, "old")
    write(other, "old too")
    views_file.remove(path)
    with pytest.raises(ViewsGone):
        words_in(views)
    write(views, "new")
    with pytest.raises(ViewsGone):
        words_in(other)
    write(other, "new too")
    assert words_in(views) == ["new", "new too"]
    other.close()


def test_another_process_finds_the_new_views_too(views: SqliteViews, path: Path) -> None:
    write(views, "old")
    with writer(path) as other:
        assert other.do("begin", "write theirs", "commit") == ["done"] * 3
        path.unlink()
        with pytest.raises(ViewsGone):
            words_in(views)
        write(views, "new")
        assert other.do("begin") == ["gone"]
        assert other.do("begin", "write theirs", "commit") == ["done"] * 3
        assert words_in(views) == ["new", "theirs"]


def test_nothing_of_the_old_views_is_mixed_into_those_that_replace_them(
    views: SqliteViews, path: Path
) -> None:
    replacement = path.with_name("replacement.db")
    views_at_rest = SqliteViews(replacement)
    write(views_at_rest, "restored")
    views_at_rest.close()
    write(views, *(f"old {number}" for number in range(1_000)))
    replacement.replace(path)
    with pytest.raises(ViewsGone):
        words_in(views)
    assert words_in(views) == ["restored"]
    assert words_at(path) == ["restored"]


# Damage and want.


def test_what_is_not_a_database_is_made_anew(path: Path) -> None:
    path.write_bytes(b"not a database, but as long as one might be" * 1_000)
    views = SqliteViews(path)
    assert_begun_anew(views, path)
    views.close()


def test_what_is_not_a_database_is_told_to_whoever_asks_for_its_generation(path: Path) -> None:
    path.write_bytes(b"not a database, but as long as one might be" * 1_000)
    views = SqliteViews(path)
    with pytest.raises(ViewsGone):
        views.generation()
    assert views.generation() == 1
    views.close()


def test_a_damaged_database_is_made_anew(path: Path) -> None:
    views = SqliteViews(path)
    write(views, *(f"word {number}" * 100 for number in range(1_000)))
    views.close()
    intact = path.read_bytes()
    path.write_bytes(intact[:4096] + b"\xff" * (len(intact) - 4096))
    assert_begun_anew(views, path)
    views.close()


def test_a_full_disk_refuses_and_what_was_there_stays(views: SqliteViews) -> None:
    write(views, "kept")
    with views.transaction() as rows:
        rows.execute("PRAGMA max_page_count = 10")
    with pytest.raises(ViewsRefused, match="full"):
        write(views, *("word" * 1_000 for _ in range(100)))
    assert words_in(views) == ["kept"]
    with views.transaction() as rows:
        rows.execute("PRAGMA max_page_count = 1000")
    write(views, "more")
    assert words_in(views) == ["kept", "more"]


def test_where_nothing_can_be_made_writing_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    views = SqliteViews(folder / FILE_NAME)
    write(views, "old")
    shutil.rmtree(folder)
    with pytest.raises(ViewsRefused):
        words_in(views)
    folder.mkdir()
    assert_begun_anew(views, folder / FILE_NAME)
    views.close()


# Beside each other.


def test_views_beside_are_seen_as_long_as_they_are_asked_for(
    views: SqliteViews, path: Path
) -> None:
    other_path = path.with_name("other.db")
    other = SqliteViews(other_path)
    write(other, "beside")
    write(views, "main")
    with views.beside(other_path), views.transaction() as rows:
        rows.execute("INSERT INTO main.words SELECT * FROM beside.words")
    assert words_in(views) == ["beside", "main"]
    with pytest.raises(apsw.SQLError), views.transaction() as rows:
        rows.execute("SELECT * FROM beside.words")
    other.close()


def test_views_that_go_while_others_are_beside_them_are_told(
    views: SqliteViews, path: Path
) -> None:
    other_path = path.with_name("other.db")
    write(views, "old")
    views_file.remove(other_path)
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(ViewsGone))
        stack.enter_context(views.beside(other_path))
        views_file.remove(path)
        words_in(views)
    write(views, "new")
    with views.beside(other_path):
        assert words_in(views) == ["new"]
