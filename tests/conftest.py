"""Real servers and real clients for a module's tests.

They live in the module's event loop: tests that use them are marked with
`pytest.mark.asyncio(loop_scope="module")`.
"""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser

from tests.harness.browser import chromium
from tests.harness.nodes import NodeHost, node_host
from tests.harness.server import Server, running_server

# A machine that has other work is no fault of what is tested.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[NodeHost]:
    """A host of stock clients; none of them may throw."""
    async with node_host(tmp_path_factory.mktemp("clients")) as host:
        yield host


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A real browser."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server that lets everybody in; its log is whole in the end."""
    async with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running
    await running.verify()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server that asks for tokens; its log is whole in the end."""
    async with running_server(tmp_path_factory.mktemp("guarded"), auth="token") as running:
        yield running
    await running.verify()


@pytest.fixture
def document(request: pytest.FixtureRequest) -> str:
    """A document's id that no other test uses."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", request.node.name).strip("-")
