"""What real editors' bindings write is read as what their users see."""

import asyncio
import json
import shutil
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc

from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.replica.tree import read_tree
from palimpsest.content.reading import page_of
from palimpsest.content.tree import Kind, Tree
from palimpsest.limits import Limits
from palimpsest.protocol.scanner import scan
from tests.harness.skips import require
from tests.outline import outline
from tests.updates import Client

FOLDER = Path(__file__).parents[1] / "editors"
DOCUMENTS: dict[str, Any] = json.loads((FOLDER / "documents.json").read_text())


def update(name: str) -> bytes:
    return b64decode(DOCUMENTS[name]["update"])


def tree_of(*updates: bytes) -> Tree:
    replica = PycrdtReplica()
    replica.load(updates)
    return replica.tree(Limits())


def shown(name: str) -> str:
    return outline(page_of(tree_of(update(name)).roots))


PAGES = {
    "tiptap": """\
default: RichText
h level=1 A title
p Plain, {bold: bold}, {italic: italic}, {underline: underlined}, {strike: struck}, {code: code}, \
{link=https://example.org/: a link}, {highlight: marked}, H{sub: 2}O and x{sup: 2}, \
{bold italic: both}.
p One line{br}and another; {mention label=Ann id=ann} wrote {math a^2}
ul one
    ul one in one
ul two
    p more of two
ol start=3 three
ol four
task checked=True done
task open
quote Quoted
    ul in a quote
code language=js 'let a = 1\\nlet b'
divider
figure src=https://example.org/a.png alt=A picture caption=Its title
math tex=\\sum i
table
  row
    header
      p Head
    header 2x1
      p Wide
  row
    cell
      p a
    cell
      p b
    cell
      ul c
toggle More
    p hidden
p
h level=2 Done
p {bold: first}
p  second""",
    "emptied": "default: RichText\np",
    "prosemirror": """\
prosemirror: RichText
h level=2 A title
p Plain, {bold: bold}, {italic: italic}, {code: code}, {link=https://example.org/: a link}{br}and \
{inlineimage src=https://example.org/a.png alt=a picture} inside.
p {comment=one: commented }{comment=one comment=two: twice}
ul one
    ol start=7 seven
quote Quoted
    h level=3 and titled
code 'if (a)\\n  b'
divider
unknown aside:
    p Nobody knows this.
p The end{italic:  of it}""",
    "blocknote": """\
document-store: RichText
h id=block-0 level=1 A title
p id=block-1 align=center Plain, {bold: bold}, {italic strike underline: all of it}, \
{code: code}, red, {link=https://example.org/: a link}{br}next line
ul id=block-2 one
    ul id=block-2-0 one in one
    p id=block-2-1 more of one
ol id=block-3 start=3 three
ol id=block-4 four
task id=block-5 checked=True done
task id=block-6 open
toggle id=block-7 More
    p id=block-7-0 hidden
quote id=block-8 Quoted
code id=block-9 language=javascript 'let a = 1\\nlet b'
divider id=block-10
figure id=block-11 src=https://example.org/a.png alt=a.png width=300 caption=A picture
file id=block-12 src=https://example.org/a.pdf name=a.pdf caption=A file
file id=block-13 src=https://example.org/a.mp4 name=a.mp4
file id=block-14 src=https://example.org/a.mp3 name=a.mp3
table id=block-15
  row
    header
      p Head
    header
      p er
  row
    cell
      p {bold: a}
    cell
      p b
p id=block-16
    p id=block-16-0 indented""",
    "quill": """\
quill: RichText
h level=1 A title
p align=center Plain, {bold: bold}, {italic strike underline: all of it}, {code: code}, \
{link=https://example.org/: a link}, H{sub: 2}O, {highlight: red} \
{inlineimage src=https://example.org/a.png alt=a picture}
ul one
    ul one in one
ol three
task checked=True done
task open
quote Quoted
code language=javascript 'let a = 1\\nlet b'
p {math a^2}
file src=https://example.org/a.mp4
p
p align=end dir=rtl from right to left{bold:  and back}""",
    "unformatted": "quill: Source\nJust\nlines",
    "flat": """\
default: RichText
h id=b1 level=1 A title
p id=b2 align=center dir=rtl Plain, {bold: bold}, {italic strike underline: all of it}{br}\
{link=https://example.org/: a link}{comment=one:  commented }{comment=one comment=two: twice}\
{mention label=Ann id=ann kind=person}\
{inlineimage src=https://example.org/a.png alt=a picture width=20}{math a^2}{unknown chart}\
{highlight: high}{sup: 2}{sub: 3}{code: code}{unknown=glow: odd}
ul one
    ul one in one
ol start=3 three
task checked=True done
task open
quote Quoted
callout tone=tip Mind this
toggle level=2 collapsed=True More
    p hidden
code language=js 'let a = 1\\nlet b'
figure src=https://example.org/a.png alt=A width=300 caption=B href=https://example.org/
table
  row
    header 2x1
      p Head
  row
    cell
      p a
    cell
      p b
divider
math tex=\\sum i
file src=https://example.org/a.pdf name=a.pdf size=2048 caption=A file
unknown chart: bars
h level=2 The end""",
    "codemirror": "codemirror: Source\n# The title\n\n- one\n- <two> & 😀\n",
    "lexical": """\
root: RichText
h level=1 A title and more
p Plain, {bold: bold}, {italic strike underline: all of it}, {code: code}, {sub: 2}{br}\
{link=https://example.org/: a link}{bold link=https://example.org/:  in bold}
ul one
    ul one in one
ol first
task checked=True done
task open
quote Quoted
code language=javascript 'let a = 1\\nlet b'
table
  row
    header
      p Head
    header
      p er
  row
    cell
      p a
    cell
      p b
p align=center The end""",
}

VALUES = {
    "cards": [{"name": "first", "tags": ["a", "b"]}, {"name": "second", "tags": ["a", "b"]}],
    "names": ["Ann", "Bob", 7],
    "settings": {
        "big": 2**60,
        "bytes": {"base64": "AQL/"},
        "count": 3,
        "nested": {"list": [1, {"deep": "value"}]},
        "note": "a note",
        "nothing": None,
        "open": True,
        "page": [{"name": "paragraph", "attributes": {"level": 2}, "children": ["inside"]}],
        "ratio": 1.5,
        "rich": [
            {"insert": "bold", "attributes": {"bold": True}},
            {"insert": " and not", "attributes": {}},
        ],
        "title": "A board",
    },
}

KINDS = {
    "tiptap": {"default": Kind.FRAGMENT},
    "emptied": {"default": Kind.FRAGMENT},
    "prosemirror": {"prosemirror": Kind.FRAGMENT},
    "blocknote": {"document-store": Kind.FRAGMENT},
    "quill": {"quill": Kind.TEXT},
    "unformatted": {"quill": Kind.TEXT},
    "flat": {"default": Kind.FRAGMENT},
    "codemirror": {"codemirror": Kind.TEXT},
    "lexical": {"root": Kind.FRAGMENT},
    "values": {"cards": Kind.ARRAY, "names": Kind.ARRAY, "settings": Kind.MAP},
}


@pytest.mark.parametrize("name", PAGES)
def test_what_an_editor_writes_is_read_as_what_it_shows(name: str) -> None:
    assert shown(name) == PAGES[name]


def test_what_applications_keep_beside_text_is_read_as_values() -> None:
    roots = tree_of(update("values")).roots
    assert {root.name: root.content for root in roots} == VALUES


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_kind_of_each_root_is_told_from_what_it_holds(name: str) -> None:
    tree = tree_of(update(name))
    assert {root.name: root.kind for root in tree.roots} == KINDS[name]
    assert not tree.truncated


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_scanner_lets_through_what_editors_write(name: str) -> None:
    assert scan(update(name)).spans


@pytest.mark.parametrize("name", DOCUMENTS)
def test_reading_changes_nothing(name: str) -> None:
    doc: Doc[Any] = Doc()
    doc.apply_update(update(name))
    changes: list[bytes] = []
    subscription = doc.observe(lambda event: changes.append(event.update))
    before = doc.get_state()
    tree = read_tree(doc, Limits())
    assert read_tree(doc, Limits()) == tree
    assert doc.get_state() == before
    assert changes == []
    assert tree_of(doc.get_update()) == tree
    doc.unobserve(subscription)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_was_read_can_go_on_being_written(name: str) -> None:
    replica = PycrdtReplica()
    replica.load([update(name)])
    replica.tree(Limits())
    client = Client(77)
    written = client.type("later")
    replica.integrate(written)
    assert replica.tree(Limits()) == tree_of(update(name), written)


def test_what_editors_make_today_reads_the_same(tmp_path: Path) -> None:
    node = shutil.which("node")
    require(node, "node", "install Node 20 or newer")
    require((FOLDER / "node_modules").is_dir(), "node_modules", f"run npm ci in {FOLDER}")
    made = json.loads(asyncio.run(run(str(node), str(FOLDER / "make.mjs"))))
    assert made.keys() == DOCUMENTS.keys()
    for name, document in made.items():
        assert document["made_by"] == DOCUMENTS[name]["made_by"]
        assert tree_of(b64decode(document["update"])) == tree_of(update(name)), name


async def run(*command: str) -> bytes:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(120):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output
