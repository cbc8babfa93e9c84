"""What the handlers share: reading a request's parameters, writing JSON."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.errors import BadRequest
from palimpsest.domain.identifiers import DocumentId, document_id

NUMBER_MAX = 2**53
NUMBER_DIGITS_MAX = 16
VERSION_HEADER = "Palimpsest-Version"
"""The version that an answer shows."""


def json_answer(
    content: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    version: int | None = None,
) -> Response:
    """Return an answer that is not to be kept, with the version that it shows."""
    all_headers = {"Cache-Control": "no-store"} | dict(headers or {})
    if version is not None:
        all_headers[VERSION_HEADER] = str(version)
    return Response(orjson.dumps(content), status, all_headers, media_type="application/json")


def document_in(request: Request) -> DocumentId:
    """Return the document that the address names."""
    return document_id(unquote(request.path_params["document"]))


def number_in(
    request: Request, name: str, default: int | None = None, number_max: int = NUMBER_MAX
) -> int | None:
    """Return a parameter that is a whole number.

    Raises:
        BadRequest: it is something else, or out of bounds.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    number = whole_number(text)
    if number is None or number > number_max:
        raise BadRequest(f'"{name}" takes a whole number up to {number_max}.')
    return number


def whole_number(text: str) -> int | None:
    """Return the number that a text is, None if it is none or has too many digits."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS_MAX
    return int(text) if is_number else None


def count_in(request: Request, count_max: int, default: int = 50) -> int:
    """Return how many things a page of a list should have at the most: `?limit=`."""
    count = number_in(request, "limit", default, count_max)
    if not count:
        raise BadRequest('"limit" takes a number from 1 on.')
    return count


def choice_in(request: Request, name: str, choices: Mapping[str, Any], default: str) -> str:
    """Return a parameter that is one of several words.

    Raises:
        BadRequest: it is none of them.
    """
    text = request.query_params.get(name, default)
    if text not in choices:
        raise BadRequest(f'"{name}" is one of {", ".join(choices)}.')
    return text
