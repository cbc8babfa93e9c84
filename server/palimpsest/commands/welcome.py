"""The page that teaches by being edited: what it says, and how it comes to be, once.

It is made of what our editor can write, and speaks of that alone. A document of its id that is
there already, in the trash too, stays as it is.
"""

from typing import Final

from palimpsest.commands.dispatch import Dispatcher, Done
from palimpsest.commands.pages import begin_page
from palimpsest.domain.access import Actor
from palimpsest.domain.commands import CreateDocument
from palimpsest.domain.identifiers import DocumentId
from palimpsest.ports import Origin
from palimpsest.protocol.first_block import BLOCK, first_client
from palimpsest.protocol.page_update import Element, Run, Value, page_update

WELCOME: Final = DocumentId("welcome-to-palimpsest")
TITLE: Final = "Welcome to Palimpsest"

_SIGNS: Final = """\
#     a heading; ## and ### make smaller ones
-     a list
1.    a numbered list
[]    a task
>     a quote
!     a callout
```   code, like this
---   a line across"""


def _block(*runs: str | Run, **attributes: Value) -> Element:
    return Element(BLOCK, attributes, tuple(Run(r) if isinstance(r, str) else r for r in runs))


def _task(*runs: str | Run, checked: bool = False) -> Element:
    return _block(*runs, type="task", **{"checked": True} if checked else {})


def _key(name: str) -> Run:
    return Run(name, ("code",))


PAGE: Final = (
    _block("Welcome. Change something", type="h", level=1),
    _block(
        "This page is here to be written on. You cannot break it: ",
        Run("every earlier state of it is kept", ("bold",)),
        ", and can be read again under ",
        Run("History", ("italic",)),
        ".",
    ),
    _block("Try these", type="h", level=2),
    _task("Open this page", checked=True),
    _task("Click the box of this line"),
    _task("Select a word and press ", _key("Ctrl+B"), " (on a Mac, ", _key("⌘ B"), ")"),
    _task("Press ", _key("Enter"), " at the end of this line, and write one of your own"),
    _task("Shift it to the right with ", _key("Tab"), ", and back with ", _key("Shift+Tab")),
    _task("Move it with ", _key("Alt"), " and an arrow key"),
    _task("Type ", _key("/"), " where a line begins, and choose what it should be"),
    _task("Open this page in a second window, and write in both at once"),
    _block("Signs that make blocks", type="h", level=2),
    _block(
        "Quicker than the list behind the slash: one of these and a space, where a line begins."
    ),
    Element("code_block", {}, (Run(_SIGNS),)),
    _block(
        "Within a line, **two stars** make words ",
        Run("bold", ("bold",)),
        ", *one* makes them ",
        Run("italic", ("italic",)),
        ", ==these== ",
        Run("highlight", ("highlight",)),
        " them.",
    ),
    _block(
        Run("Is it saved? ", ("bold",)),
        "Look at the word above the text. ",
        Run("Saved", ("italic",)),
        " means that it is on the server’s disk. Without a network it says that your text is kept"
        " on this device; it goes to the server when that can be reached again.",
        type="callout",
        tone="tip",
    ),
    _block(
        "A palimpsest is a page that was scraped clean and written over, and whose earlier writing"
        " can be read all the same.",
        type="quote",
    ),
    _block("When you have seen enough", type="h", level=2),
    _block(
        "All documents are listed behind the name at the top left. This one can go to the trash"
        " there; whoever misses it finds it in there.",
    ),
    Element(BLOCK, {}, ()),
)


async def begin_welcome(dispatcher: Dispatcher, actor: Actor, origin: Origin) -> Done:
    """Create the page, if there never was one; return once it is durable.

    Raises:
        Refusal: it was not done.
    """
    update = page_update(first_client(WELCOME), PAGE)
    command = CreateDocument(actor, TITLE)
    return await begin_page(dispatcher, WELCOME, command, origin, update=update)
