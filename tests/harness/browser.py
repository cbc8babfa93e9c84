"""A real browser, Debian's Chromium, and what a test or a picture wants of it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.harness.server import Server
from tests.harness.skips import require

CHROMIUMS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""The first that is there: the same browser, without windows in two thirds of the time."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_MAX = 15

Scheme = Literal["light", "dark"]

PHONE = 360
DESK = 1280
HEIGHTS = {PHONE: 740, DESK: 800}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser, and end it."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    require(found, "chromium-headless-shell", "install Debian's package of that name.")
    expect.set_options(timeout=1000 * SECONDS_MAX)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def someone(
    browser: Browser,
    *,
    width: int = DESK,
    scheme: Scheme = "light",
    javascript: bool = True,
    token: tuple[str, str] | None = None,
    timezone: str = "UTC",
) -> AsyncIterator[BrowserContext]:
    """Open a browser of somebody's own; `token` is a server's address and what it is shown."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=scheme,
        java_script_enabled=javascript,
        locale="en-GB",
        timezone_id=timezone,
    )
    context.set_default_timeout(1000 * SECONDS_MAX)
    try:
        if token is not None:
            address, value = token
            await context.add_cookies(
                [{"name": "palimpsest_token", "value": value, "url": address}]
            )
        yield context
    finally:
        await context.close()


def reader_address(server: Server, document: str, version: int | None = None) -> str:
    """Return where a document is read."""
    query = "" if version is None else f"?version={version}"
    return f"{server.url}/documents/{quote(document, safe='')}/read{query}"
