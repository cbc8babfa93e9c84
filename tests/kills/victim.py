"""A server that is killed and started again: its processes, its port, its data."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

READY_SECONDS_MAX = 20
STEP_SECONDS = 0.02


class Victim:
    """A server in processes of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = _free_port()
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, kill_at: str = "") -> float:
        """Start it, to be killed at a named point if one is given; return seconds until ready."""
        command = [sys.executable, "-m", "palimpsest", "serve", "--auth", "none"]
        command += ["--port", str(self.port), "--data", str(self.data)]
        environment = os.environ | {"PALIMPSEST_KILL_AT": kill_at}
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > READY_SECONDS_MAX:
                raise AssertionError(f"the server did not start: {self._log.read_text()[-2000:]}")
            time.sleep(STEP_SECONDS)
        return time.monotonic() - began

    @property
    def runs(self) -> bool:
        """Whether the process with the sockets is alive."""
        return self._process is not None and self._process.poll() is None

    def kill(self, which: str) -> None:
        """Kill (SIGKILL) the process with the sockets, the engine, or all."""
        assert self._process is not None
        engines = _children(self._process.pid)
        targets = {
            "sockets": [self._process.pid],
            "engine": engines,
            "all": [self._process.pid, *engines],
        }[which]
        for pid in targets:
            os.kill(pid, signal.SIGKILL)
        if which != "engine":
            self._process.wait()

    def stop(self) -> None:
        """Stop it as a service manager would."""
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(20) == 0, self._log.read_text()[-2000:]

    def verify(self) -> None:
        """Check the log's chains."""
        self._run("verify")

    def token(self, name: str, role: str) -> str:
        """Return a token for somebody."""
        return self._run("token", "--name", name, "--role", role).strip()

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "palimpsest", *arguments, "--data", str(self.data)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        return found.stdout

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def _children(pid: int) -> list[int]:
    children = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                children.append(int(entry.name))
    return children


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
