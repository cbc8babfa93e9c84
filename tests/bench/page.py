"""docs/benchmarks.md, and its pictures: written from rounds, never by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.plot import svg
from tests.bench.report import CLIENT, cells, columns, failures, ratios, verdicts
from tests.bench.rounds import FLOOR, OURS, Round, names, number
from tests.bench.workload import Workload

HEAD = Path(__file__).with_suffix(".md")
"""What stands above the figures: how they were made, and what each server promises."""


def write(
    folder: Path,
    workloads: Mapping[str, Workload],
    found: Mapping[str, Sequence[Round]],
    *,
    command: str,
    machine: str,
    went_wrong: Sequence[str] = (),
) -> None:
    """Write the page, and its pictures beside it."""
    pictures = folder / "benchmarks"
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.svg"):
        old.unlink()
    shown = {name: rounds for name, rounds in found.items() if rounds}
    sections = [
        HEAD.read_text().format(command=command, machine=machine),
        _reached(workloads, shown),
    ]
    for name, rounds in shown.items():
        (pictures / f"{name}.svg").write_text(svg(workloads[name].title, rounds))
        sections.append(_section(workloads[name], rounds))
    if went_wrong:
        sections.append("\n".join(["## What went wrong", "", *(f"- {why}" for why in went_wrong)]))
    (folder / "benchmarks.md").write_text("\n\n".join(map(str.strip, sections)) + "\n")


def _reached(workloads: Mapping[str, Workload], found: Mapping[str, Sequence[Round]]) -> str:
    lines = [
        "## Numbers to reach",
        "",
        "| work | figure | reach | found | |",
        "|---|---|---|---|---|",
    ]
    for name, rounds in found.items():
        for verdict in verdicts(workloads[name], rounds):
            target, spread, reached = verdict.target, verdict.found, verdict.is_reached
            sign = "≥" if target.is_least else "≤"
            of = f" of {target.against}'s" if target.against else ""
            lines.append(
                f"| {workloads[name].title}: {target.setting} | {target.figure}"
                f" | {sign} {number(target.bound)}{of} | {spread.text() if spread else ''}"
                f" | {'not measured' if reached is None else 'yes' if reached else '**no**'} |"
            )
    return "\n".join(lines)


def _section(workload: Workload, rounds: Sequence[Round]) -> str:
    lines = [f"## {workload.title}", "", workload.text, ""]
    if any(each.figures for each in rounds):
        lines += [f"![{workload.title}](benchmarks/{workload.name}.svg)", ""]
    for setting in names(each.setting for each in rounds):
        lines += _table(setting, [each for each in rounds if each.setting == setting])
    return "\n".join(lines)


def _table(setting: str, rounds: Sequence[Round]) -> list[str]:
    figures = columns(rounds)
    heads = [setting, *figures, CLIENT]
    against = ratios(rounds, figures)
    if against:
        heads.append(f"{OURS} / it")
    lines = [_row(heads), _row(["---", *["--:"] * (len(heads) - 1)])]
    for server in names(each.server for each in rounds):
        some = [each for each in rounds if each.server == server]
        name = f"*{server}*" if server == FLOOR else f"{server} {some[0].release}"
        row = [name, *cells(some, figures)]
        if against:
            row.append(against[server].text() if server in against else "")
        lines.append(_row(row))
    return [*lines, "", *(f"- {why}" for why in failures(rounds)), ""]


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.strip() for text in texts)} |"
