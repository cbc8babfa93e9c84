"""What the domain says no to, one class a reason. Knows nothing of status or close codes."""


class Refusal(Exception):
    """The command was refused."""

    def __init__(self, message: str = "") -> None:
        """Carry `message`, or the class's own sentence if it is empty."""
        super().__init__(message or (self.__doc__ or "").strip())


class BadDocumentId(Refusal):
    """A document id is 1 to 200 bytes of UTF-8 without control characters."""


class BadTitle(Refusal):
    """A title is at most 300 characters without control characters."""


class NotAllowed(Refusal):
    """Your access does not allow this."""


class DocumentNotFound(Refusal):
    """There is no such document."""


class LineageChanged(Refusal):
    """This is not the document that was opened: it was made anew, or is gone."""


class DocumentInTrash(Refusal):
    """The document is in the trash; restore it to write on."""


class DocumentQuarantined(Refusal):
    """The document is read-only until an administrator releases it."""


class VersionConflict(Refusal):
    """The document has moved on from the expected version."""


class MalformedUpdate(Refusal):
    """The update is not a valid Yjs update (V1 encoding)."""


class UpdateTooLarge(Refusal):
    """The update is larger than the server accepts."""


class ForeignClientId(Refusal):
    """The update writes under a client id that belongs to somebody else."""


class DocumentFull(Refusal):
    """The document has reached its largest size; delete something to write on."""


class UpdateRejected(Refusal):
    """The document's replica could not take this update."""


class UpdateWaits(Refusal):
    """The update builds on something that is not here yet."""


class LogUnavailable(Refusal):
    """The server cannot save just now; nothing was stored, and your edits are still yours."""


class FileTooLarge(Refusal):
    """The file is larger than the server keeps."""


class FileEmpty(Refusal):
    """The file is empty."""


class PictureTooLarge(Refusal):
    """The picture has more pixels than browsers can be asked to show."""


class DocumentFilesFull(Refusal):
    """The document holds as many files as it may; another one cannot be added."""


class NoRoomForFiles(Refusal):
    """The server has no room for more files just now; the text can still be written."""
