"""The pages say what the code does: limits, commands, refusals."""

import re
from pathlib import Path

from palimpsest.adapters.web.errors import STATUSES
from palimpsest.cli.main import COMMANDS
from palimpsest.commands.dispatch import COMMANDS as DOCUMENT_COMMANDS
from palimpsest.domain import refusals
from tests.documents.limits import page

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_page_of_limits_is_the_table_in_the_code() -> None:
    assert (ROOT / "docs" / "limits.md").read_text() == page(), "run `make limits`"


def test_the_readme_names_every_command() -> None:
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        assert f"`palimpsest {name}`" in README, name


def test_the_readme_names_every_command_on_a_document() -> None:
    for name in DOCUMENT_COMMANDS:
        assert f"`{name}`" in README, name


def test_every_link_in_the_pages_leads_to_a_file() -> None:
    for document in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    package = ROOT / "server" / "palimpsest"
    for name in re.findall(r"`([a-z_/]+\.py)`", text):
        assert list(package.rglob(name)), name


def test_every_refusal_that_http_can_meet_has_a_status() -> None:
    # These are told over sockets alone: no HTTP command sends an update, or has a copy.
    sockets_alone = {
        refusals.MalformedUpdate,
        refusals.UpdateTooLarge,
        refusals.ForeignClientId,
        refusals.LineageChanged,
        refusals.UpdateRejected,
        refusals.UpdateWaits,
    }
    assert set(refusals.Refusal.__subclasses__()) == STATUSES.keys() | sockets_alone
