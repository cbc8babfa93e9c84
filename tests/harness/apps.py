"""Other people's applications, built from tests/apps and served by a web server of their own."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.harness.browser import someone
from tests.harness.editing import LATE_MS_MAX
from tests.harness.server import Server
from tests.harness.skips import require

FOLDER: Final = Path(__file__).parents[1] / "apps"

App = Literal["tiptap", "blocknote"]


class Site:
    """Where the applications are served: to browsers another origin than the server's."""

    def __init__(self, port: int) -> None:
        self._port = port

    def address(
        self,
        app: App,
        server: Server,
        document: str,
        *,
        token: str = "",
        name: str = "Guest",
        host: str = "localhost",
    ) -> str:
        """Return where an application opens a document; cookies go by the host."""
        asked = {
            "server": server.url.replace("http:", "ws:"),
            "document": document,
            "token": token,
            "name": name,
        }
        return f"http://{host}:{self._port}/{app}/index.html?{urlencode(asked)}"


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """Build the applications into a folder, and serve it."""
    npm = shutil.which("npm")
    require(npm, "npm", "install Node 20 or newer")
    require((FOLDER / "node_modules").is_dir(), "node_modules", f"run npm ci in {FOLDER}")
    await _build(str(npm), folder)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield Site(server.server_port)
        finally:
            server.shutdown()
            thread.join()


async def _build(npm: str, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(npm, "run", "--silent", "build", "--", f"--outdir={folder}"),
        cwd=FOLDER,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


class _Quiet(SimpleHTTPRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of what was handed out."""


class AppWindow:
    """One page with an application open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def text(self) -> Locator:
        """The text, to click and to type in; BlockNote is made of Tiptap."""
        return self.page.locator(".tiptap")

    @property
    def carets(self) -> Locator:
        """The names at the carets of others."""
        return self.page.locator(".collaboration-carets__label, .bn-collaboration-cursor__label")

    async def go_to_the_end(self) -> None:
        """Put the caret behind everything."""
        await self.text.locator("p, h1").last.click()
        await self.page.keyboard.press("Control+End")

    async def put_caret_behind(self, words: str) -> None:
        """Put the caret at the end of the line that says that."""
        await self.text.locator("p, h1").filter(has_text=words).click()
        await self.page.keyboard.press("End")

    async def type(self, words: str, *, delay_ms: float = 0) -> None:
        """Type where the caret is; an end of a line is Enter."""
        await self.page.keyboard.type(words, delay=delay_ms)

    async def expect_said(self, words: str) -> None:
        """Wait until the provider has said that."""
        said = self.page.locator("#said li").filter(has_text=words)
        await expect(said.first).to_be_visible(timeout=LATE_MS_MAX)

    async def expect_text(self, words: str) -> None:
        """Wait until that stands in the text."""
        await expect(self.text).to_contain_text(words, timeout=LATE_MS_MAX)

    async def blocks(self) -> list[str]:
        """Return what each block that is not empty says, carets of others aside."""
        blocks: list[str] = await self.text.evaluate(_BLOCKS)
        return [each for each in blocks if each]

    def _hear(self, message: ConsoleMessage) -> None:
        # A browser tells of each attempt to reach a server that is down.
        if message.type in {"error", "warning"} and "ERR_CONNECTION" not in message.text:
            self.complaints.append(message.text)


_BLOCKS: Final = """
(text) => {
  const copy = text.cloneNode(true)
  for (const each of copy.querySelectorAll('.ProseMirror-widget')) each.remove()
  return [...copy.querySelectorAll('p, h1')].map((each) => each.textContent)
}
"""


@asynccontextmanager
async def at_app(
    browser: Browser, address: str, *, token: tuple[str, str] | None = None
) -> AsyncIterator[AppWindow]:
    """Open an application in a browser of somebody's own; nothing may go wrong in it."""
    async with someone(browser, token=token) as context:
        window = await window_in(context, address)
        yield window
        assert window.complaints == []


async def window_in(context: BrowserContext, address: str) -> AppWindow:
    """Open an application in a browser that is open."""
    window = AppWindow(await context.new_page())
    await window.page.goto(address)
    await expect(window.text).to_be_visible()
    return window
