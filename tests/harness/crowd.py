"""A crowd at one document: what each does is drawn from a seed; how the text stands there."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any, Final, cast

from playwright.async_api import Browser
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from tests.harness.editing import Editor, at_editor

Shape = list[Any]
"""Each block's name, its attributes, and what is in it."""

WORDS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ENTERING_MAX: Final = 4

KINDS: Final = [f"Control+Alt+{level}" for level in range(4)] + [
    f"Control+Shift+{digit}" for digit in (7, 8, 9)
]
PASTED: Final = (
    "<p>pasted <strong>bold</strong></p>",
    "<ul><li><p>pasted item</p></li><li><p>and another</p></li></ul>",
    "<h2>Pasted title</h2><p>and what is below it</p>",
    "a <em>pasted</em> word",
)

_PASTE: Final = """
(html) => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/html', html)
  document.querySelector('.ProseMirror').dispatchEvent(
    new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
  )
}
"""
# ProseMirror keeps the node that each element shows beside it.
_SHAPE: Final = """
() => {
  const said = (attrs) => Object.fromEntries(
    Object.entries(attrs ?? {}).filter(([, value]) => value !== null)
  )
  const shape = (node) => node.type === 'text'
    ? [node.text, Object.fromEntries((node.marks ?? []).map((m) => [m.type, said(m.attrs)]))]
    : [node.type, said(node.attrs), (node.content ?? []).map(shape)]
  return document.querySelector('.ProseMirror').pmViewDesc.node.toJSON().content.map(shape)
}
"""


class Member:
    """One at the document, who does the same in every run with the same seed."""

    def __init__(self, editor: Editor, seed: int) -> None:
        self.editor = editor
        self.deeds = 0
        self._random = Random(seed)
        self._actions: dict[Callable[[], Awaitable[None]], int] = {
            self._type: 10,
            self._wander: 6,
            self._split: 3,
            self._join: 3,
            self._turn: 3,
            self._move: 2,
            self._indent: 2,
            self._mark: 2,
            self._erase: 3,
            self._undo: 2,
            self._redo: 1,
            self._paste: 1,
        }

    async def act_until(self, end: float) -> None:
        """Do one thing after another until the loop's clock says so."""
        clock = asyncio.get_running_loop().time
        while clock() < end:
            [action] = self._random.choices([*self._actions], [*self._actions.values()])
            await action()
            self.deeds += 1

    async def saving(self) -> str:
        """Return what is said here of saving."""
        return await self.editor.page.locator(".chip").get_attribute("data-saving") or ""

    async def shape(self) -> Shape:
        """Return how the text stands here."""
        shape: Shape = await self.editor.page.evaluate(_SHAPE)
        return shape

    async def _type(self) -> None:
        await self.editor.type(self._random.choice(WORDS) + " ")

    async def _wander(self) -> None:
        arrow = self._random.choice(["ArrowUp", "ArrowDown"])
        await self.editor.press(*[arrow] * self._random.randint(1, 6))
        await self.editor.press(self._random.choice(["Home", "End", "Control+ArrowLeft"]))

    async def _split(self) -> None:
        await self.editor.press("Enter")

    async def _join(self) -> None:
        # What the block is goes first, then its end.
        await self.editor.press("Home", "Backspace", "Backspace")

    async def _turn(self) -> None:
        await self.editor.press(self._random.choice(KINDS))

    async def _move(self) -> None:
        await self.editor.press(self._random.choice(["Alt+ArrowUp", "Alt+ArrowDown"]))

    async def _indent(self) -> None:
        await self.editor.press(self._random.choice(["Tab", "Shift+Tab"]))

    async def _mark(self) -> None:
        key = self._random.choice(["Control+b", "Control+i", "Control+e"])
        await self.editor.press("Control+Shift+ArrowLeft", key, "ArrowRight")

    async def _erase(self) -> None:
        await self.editor.press(self._random.choice(["Control+Backspace", "Control+Delete"]))

    async def _undo(self) -> None:
        await self.editor.press("Control+z")

    async def _redo(self) -> None:
        await self.editor.press("Control+Shift+z")

    async def _paste(self) -> None:
        await self.editor.page.evaluate(_PASTE, self._random.choice(PASTED))


@asynccontextmanager
async def crowd_at(
    browser: Browser, addresses: Sequence[str], seed: int
) -> AsyncIterator[list[Member]]:
    """Open a document for many, each in a browser of their own; nothing may go wrong in any."""
    door = asyncio.Semaphore(ENTERING_MAX)
    async with AsyncExitStack() as stack:

        async def enter(place: int, address: str) -> Member:
            async with door:
                editor = await stack.enter_async_context(at_editor(browser, address))
            return Member(editor, seed * 1000 + place)

        yield await asyncio.gather(*(enter(*each) for each in enumerate(addresses)))


def shape_of(update: bytes) -> Shape:
    """Return how a text stands that came as an update."""
    doc: Doc[XmlFragment] = Doc()
    doc.apply_update(update)
    return _inside(doc.get("default", type=XmlFragment))


def _inside(parent: XmlFragment | XmlElement) -> Shape:
    shape: Shape = []
    for child in parent.children:
        if isinstance(child, XmlText):
            shape += [[words, _attributes((marks or {}).items())] for words, marks in child.diff()]
        else:
            assert isinstance(child, XmlElement)
            attributes = cast("Iterable[tuple[str, Any]]", child.attributes)
            shape.append([child.tag, _attributes(attributes), _inside(child)])
    return shape


def _attributes(found: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    # Numbers are without a point, as JavaScript shows them.
    values: dict[str, Any] = json.loads(json.dumps(dict(found)), parse_float=_number)
    return values


def _number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number
