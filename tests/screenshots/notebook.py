"""A document with something of everything in it, to be looked at."""

from tests.harness.writer import Made, Marks, block, code, table

BOLD: Marks = {"bold": {}}
ITALIC: Marks = {"italic": {}}
CODE: Marks = {"code": {}}
LINK: Marks = {"link": {"href": "https://github.com/yjs/yjs"}}

NOTEBOOK: tuple[Made, ...] = (
    block("Moving to a new writing server", type="h", level=1, id="title"),
    block(
        "We write ",
        ("everything", ITALIC),
        " together: notes, plans, letters. This page says how the move to our own server goes,"
        " what it changes for whoever writes, and what for those who only read.",
        id="lead",
    ),
    block("What changes", type="h", level=2),
    block(
        "Less than one may fear. Editors that speak ",
        ("Yjs", LINK),
        " stay as they are; what is new is on the server’s side:",
    ),
    block(
        ("Nothing is lost.", BOLD),
        " An edit is on disk before its author reads “saved”, and before anybody else sees it.",
        type="ul",
    ),
    block(
        ("Nothing is forgotten.", BOLD),
        " Every edit has a number, and the page as it was then has an address:",
        type="ul",
    ),
    block("to read it again,", type="ul", indent=1),
    block("or to send somebody there.", type="ul", indent=1),
    block(
        ("Nobody has to guess.", BOLD),
        " Who wrote what is known from how they came in.",
        type="ul",
    ),
    block(
        "A palimpsest is a page that was scraped and written over, and whose earlier writing can"
        " be read all the same.",
        type="quote",
    ),
    block("The plan", type="h", level=2),
    table(
        ("Step", "Takes", "Whoever writes"),
        ("Start the server beside the old one", "an hour", "notices nothing"),
        ("Point the editors at it", "minutes", "reloads the page"),
        ("Read for a week, compare", "a week", "goes on"),
        ("Switch the old one off", "minutes", "notices nothing"),
    ),
    block("Before the second step:", id="before"),
    block("Make a token for everybody", type="task", checked=True),
    block("Try it with one document", type="task", checked=True),
    block("Tell everybody when it begins", type="task"),
    block("Pointing an editor at it", type="h", level=2),
    block("One line changes, in ", ("editor.js", CODE), ":"),
    code(
        "import { WebsocketProvider } from 'y-websocket'\n\n"
        "const provider = new WebsocketProvider('ws://127.0.0.1:8000/yjs', name, ydoc,"
        " { params: { token } })",
        "js",
    ),
    block(
        "Documents that were open in both servers at a time are two documents from then on."
        " Close them first.",
        type="callout",
        tone="warning",
    ),
    block("In what order", type="h", level=3),
    block("The notes, for most people read them;", type="ol"),
    block("then the plans;", type="ol"),
    block("letters last.", type="ol"),
    block("Questions", type="h", level=2),
    block("Who may see the history?", type="toggle"),
    block("Whoever may write. Readers see the page as it is now.", indent=1),
    block("هل يمكن الكتابة من اليمين إلى اليسار؟ نعم.", id="arabic"),
    block("It is one page, in whatever direction."),
)
