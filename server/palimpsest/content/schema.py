"""The names that the editor's schema has for the block model; `static/schema.json` is the source.

The file has every node, mark and attribute that our editor writes into a document. The browser
builds its editor from it; here it is what the model and every writer are tested against.
"""

import json
from importlib.resources import files
from typing import Any, Final

from palimpsest.content import blocks
from palimpsest.content.blocks import MarkName


def _read() -> dict[str, Any]:
    # A wheel has it beside this module, a checkout where the browser's code is.
    packaged = files("palimpsest.content").joinpath("schema.json")
    checkout = files("palimpsest").joinpath("..", "..", "static", "schema.json")
    schema = packaged if packaged.is_file() else checkout
    content: dict[str, Any] = json.loads(schema.read_text(encoding="utf-8"))
    return content


SCHEMA: Final = _read()
SCHEMA_VERSION: Final[int] = SCHEMA["schemaVersion"]

NODES: Final[dict[type, str]] = {
    blocks.Block: "block",
    blocks.Code: "code_block",
    blocks.Figure: "figure",
    blocks.Table: "table",
    blocks.Cell: "cell",
    blocks.Divider: "divider",
    blocks.Math: "math",
    blocks.File: "file",
    blocks.Unknown: "unknown_block",
    blocks.Text: "text",
    blocks.Break: "br",
    blocks.Mention: "mention",
    blocks.InlineImage: "image_inline",
    blocks.InlineMath: "math_inline",
    blocks.UnknownInline: "unknown_inline",
}

MARK_VALUES: Final[dict[MarkName, str]] = {
    MarkName.LINK: "href",
    MarkName.COMMENT: "id",
    MarkName.UNKNOWN: "name",
}
"""Which attribute of a mark the model keeps as its value."""
