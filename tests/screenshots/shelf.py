"""What else lies on the shelf of those who write together: documents that begin as theirs do."""

from typing import Final, NamedTuple

from tests.harness.writer import Made, block


class Work(NamedTuple):
    """A document of a team: its title, who wrote it, how it begins."""

    title: str
    writer: str
    beginning: tuple[Made, ...]


SHELF: Final = (
    Work(
        "Travel costs: what we pay, and how soon",
        "Bob",
        (
            block(
                "Trains first class beyond four hours, planes only where there is no night train."
            ),
            block("Hand receipts in within a month; they are paid with the next salary."),
        ),
    ),
    Work(
        "The first week of somebody new",
        "Ann",
        (
            block("Before they come", type="h", level=2),
            block("An account, a desk, a key", type="task", checked=True),
            block("One person who has time for questions, all week", type="task"),
        ),
    ),
    Work(
        "دليل الكتابة المشتركة",
        "Ann",
        (block("نكتب معاً في صفحة واحدة، ويبقى كل ما كُتب محفوظاً ويمكن الرجوع إليه.", dir="rtl"),),
    ),
    Work(
        "Interviews: how people take notes",
        "Bob",
        (
            block("Seven conversations of an hour each. What came up every time:"),
            block("Nobody trusts a page that does not say whether it is saved.", type="quote"),
        ),
    ),
    Work(
        "Release 0.2: what is left to do",
        "Ann",
        (
            block("Read the upgrade notes aloud once", type="task", checked=True),
            block("Measure with a thousand documents", type="task", checked=True),
            block("Ask two people who have never seen it", type="task"),
        ),
    ),
    Work(
        "Weekly notes, 24 November",
        "Bob",
        (
            block("Décisions et questions ouvertes", type="h", level=2),
            block("We move on Thursday. Ann tells everybody by noon; Bob keeps the old server."),
        ),
    ),
)
