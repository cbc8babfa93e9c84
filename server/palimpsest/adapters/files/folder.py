"""Files in folders of the data directory: a folder for each document, a name for each content.

A file is written beside, made durable, and renamed: what has a name is whole. The process that
serves is the only one that writes here; any may read.
"""

import asyncio
import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from threading import Lock
from typing import Final

from palimpsest.content.files import HEAD_BYTES, SUFFIXES, KeptFile, kind_of
from palimpsest.domain.refusals import (
    DocumentFilesFull,
    FileEmpty,
    FileTooLarge,
    NoRoomForFiles,
    PictureTooLarge,
)
from palimpsest.limits import Limits

NAME: Final = "files"
RECEIVING: Final = "receiving"
_KEPT: Final = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(SUFFIXES)})")
_WRITE_BYTES: Final = 256 * 1024


class FilesFolder:
    """Keeps files, and finds them."""

    def __init__(
        self, data: Path, limits: Limits, kill_point: Callable[[str], None] = lambda _: None
    ) -> None:
        self._root = data / NAME
        self._limits = limits
        self._kill_point = kill_point
        self._used: int | None = None
        self._lock = Lock()

    async def find(self, document: str, name: str) -> str | None:
        """Return the path of a document's file, None if there is none of that name."""
        if _KEPT.fullmatch(name) is None:
            return None
        path = self._folder_of(document) / name
        return str(path) if await asyncio.to_thread(path.is_file) else None

    async def receive(self, document: str) -> "Arriving":
        """Begin to take in a file; `close` must follow.

        Raises:
            NoRoomForFiles: the disk is nearly full.
        """
        return await asyncio.to_thread(self._receive, document)

    def _receive(self, document: str) -> "Arriving":
        with self._lock, _room_for_files():
            if self._used is None:
                self._used = self._begin()
            if disk_usage(self._root).free < self._limits.files_free_disk_bytes_min:
                raise NoRoomForFiles
            descriptor, path = tempfile.mkstemp(dir=self._root / RECEIVING)
        return Arriving(self, document, descriptor, Path(path), self._limits)

    def keep(self, document: str, path: Path, digest: str, size: int) -> KeptFile:
        """Give what has arrived its name, and make that durable.

        Raises:
            PictureTooLarge, DocumentFilesFull, NoRoomForFiles: it is not kept.
        """
        with path.open("rb") as file:
            kind = kind_of(file.read(HEAD_BYTES))
        if kind.width * kind.height > self._limits.picture_pixels_max:
            raise PictureTooLarge
        folder = self._folder_of(document)
        target = folder / f"{digest}.{kind.suffix}"
        self._kill_point("file_received")
        with self._lock:
            is_new = not target.exists()
            if is_new:
                self._require_room(folder, size)
            if not folder.exists():
                folder.mkdir()
                _make_durable(self._root)
            # Also over what is there: it is the same, or was damaged.
            path.rename(target)
            _make_durable(folder)
            if is_new:
                self._used = (self._used or 0) + size
        self._kill_point("file_kept")
        return KeptFile(target.name, size, kind, is_new)

    def _require_room(self, folder: Path, size: int) -> None:
        limits = self._limits
        if (self._used or 0) + size > limits.files_bytes_max:
            raise NoRoomForFiles
        sizes = _sizes(folder)
        if (
            len(sizes) >= limits.document_files_max
            or sum(sizes) + size > limits.document_files_bytes_max
        ):
            raise DocumentFilesFull

    def _begin(self) -> int:
        """Make the folders, throw away what never arrived, and count what is there."""
        receiving = self._root / RECEIVING
        if not receiving.is_dir():
            receiving.mkdir(parents=True)
            _make_durable(self._root)
            _make_durable(self._root.parent)
        for path in receiving.iterdir():
            path.unlink()
        return sum(sum(_sizes(folder)) for folder in self._root.iterdir())

    def _folder_of(self, document: str) -> Path:
        # A document's id may be anything, a folder's name may not.
        return self._root / sha256(document.encode()).hexdigest()


class Arriving:
    """A file that is being received; it has no name yet."""

    def __init__(
        self, folder: FilesFolder, document: str, descriptor: int, path: Path, limits: Limits
    ) -> None:
        self._folder = folder
        self._document = document
        self._descriptor = descriptor
        self._path = path
        self._bytes_max = limits.file_bytes_max
        self._digest = sha256()
        self._waiting = bytearray()
        self._size = 0

    async def write(self, chunk: bytes) -> None:
        """Take in more of it.

        Raises:
            FileTooLarge: it has become too large.
            NoRoomForFiles: the disk is full.
        """
        self._size += len(chunk)
        if self._size > self._bytes_max:
            raise FileTooLarge(f"A file may have {self._bytes_max:,} bytes here.")
        self._waiting += chunk
        if len(self._waiting) >= _WRITE_BYTES:
            await asyncio.to_thread(self._write)

    async def keep(self) -> KeptFile:
        """Make it durable under its name.

        Raises:
            Refusal: it is not kept; the reason is for whoever sent it.
        """
        if self._size == 0:
            raise FileEmpty
        return await asyncio.to_thread(self._keep)

    async def close(self) -> None:
        """Forget what was not kept."""
        await asyncio.to_thread(self._close)

    def _write(self) -> None:
        with _room_for_files():
            self._digest.update(self._waiting)
            view = memoryview(self._waiting)
            while view:
                view = view[os.write(self._descriptor, view) :]
            view.release()
            self._waiting = bytearray()

    def _keep(self) -> KeptFile:
        self._write()
        with _room_for_files():
            os.fsync(self._descriptor)
            digest = self._digest.hexdigest()
            return self._folder.keep(self._document, self._path, digest, self._size)

    def _close(self) -> None:
        os.close(self._descriptor)
        with suppress(FileNotFoundError):
            self._path.unlink()


@contextmanager
def _room_for_files() -> Iterator[None]:
    """Say of a full disk that there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoomForFiles from error
        raise


def _sizes(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return [entry.stat().st_size for entry in entries]


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
