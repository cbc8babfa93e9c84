"""What parts of a program are, as HTML with classes: by Pygments, in the languages that are known.

How long it may take is for the caller to bound: for some texts its lexers take a time that grows
with the square of their length, and worse.
"""

from functools import cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType

from palimpsest.content.html_tags import COLOUR_CLASS, element, escaped

LEXERS: Final = {
    # By the names that stand in documents: those of the editor's list (code/languages.ts), and
    # what people and other editors write instead.
    **{name: name for name in ("bash", "c", "cpp", "csharp", "css", "diff", "go", "graphql")},
    **{name: name for name in ("ini", "java", "javascript", "json", "kotlin", "less", "lua")},
    **{name: name for name in ("makefile", "markdown", "objectivec", "perl", "python", "r")},
    **{name: name for name in ("ruby", "rust", "scss", "sql", "swift", "typescript", "yaml")},
    **{name: name for name in ("html", "toml", "tsx", "jsx", "dockerfile", "scala", "haskell")},
    "c++": "cpp",
    "js": "javascript",
    "php": "php",
    "py": "python",
    "sh": "bash",
    "shell": "bash",
    "ts": "typescript",
    "vbnet": "vbnet",
    "xml": "html",
    "yml": "yaml",
}

CLASSES: Final = {
    Token.Comment: "comment",
    Token.Comment.Preproc: "meta",
    Token.Keyword: "keyword",
    Token.Keyword.Type: "type",
    Token.Literal.Number: "number",
    Token.Literal.String: "string",
    Token.Name.Attribute: "attr",
    Token.Name.Builtin: "built_in",
    Token.Name.Class: "title",
    Token.Name.Decorator: "meta",
    Token.Name.Exception: "type",
    Token.Name.Function: "title",
    Token.Name.Property: "attr",
    Token.Name.Tag: "name",
    Token.Name.Variable: "variable",
    Token.Operator.Word: "keyword",
    Token.Generic.Deleted: "deletion",
    Token.Generic.Emph: "emphasis",
    Token.Generic.Heading: "section",
    Token.Generic.Inserted: "addition",
    Token.Generic.Strong: "strong",
    Token.Generic.Subheading: "section",
}
"""Which of the gate's colours each kind of token has, and what is of that kind."""


def is_known(language: str | None) -> bool:
    """Return whether there are colours for a language."""
    return (language or "").lower() in LEXERS


def coloured(text: str, language: str) -> str:
    """Return a program of a known language as HTML that shows just its text."""
    parts: list[tuple[str, list[str]]] = []
    for _, token, piece in _lexer(LEXERS[language.lower()]).get_tokens_unprocessed(text):
        class_ = _class(token)
        if parts and parts[-1][0] == class_:
            parts[-1][1].append(piece)
        else:
            parts.append((class_, [piece]))
    return "".join(_span("".join(pieces), class_) for class_, pieces in parts)


def _span(text: str, class_: str) -> str:
    html = escaped(text)
    return element("span", html, class_=COLOUR_CLASS + class_) if class_ and text.strip() else html


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name)


@cache
def _class(token: _TokenType) -> str:
    within: _TokenType | None = token
    while within is not None:
        if within in CLASSES:
            return CLASSES[within]
        within = within.parent
    return ""
