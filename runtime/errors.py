"""The few ways to refuse: raise the kind, the kind knows its HTTP status.

Docker's wording is part of the contract (clients choose their exceptions by our text), so the message is
written where the refusal is decided and passed on unchanged; `runtime.api` turns kinds into responses.
"""

from __future__ import annotations

from typing import ClassVar


class EngineError(Exception):
    """A refusal or failure with a message for the user; the base kind is the engine's own trouble."""

    status: ClassVar[int] = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotModified(EngineError):
    """The thing is already as asked (304): a start of a running container, a stop of a stopped one."""

    status = 304


class BadRequest(EngineError):
    """The request's own fault (400): a value out of range, a malformed body, an unknown filter."""

    status = 400


class Unauthorized(EngineError):
    """Credentials are missing or wrong (401)."""

    status = 401


class Forbidden(EngineError):
    """Known, understood, not allowed (403)."""

    status = 403


class NotFound(EngineError):
    """No such container, image, path, … (404)."""

    status = 404


class NotAllowed(EngineError):
    """The path exists, the method does not (405)."""

    status = 405


class Conflict(EngineError):
    """The thing's present state forbids it (409): name in use, image in use, container running."""

    status = 409


class TooLarge(EngineError):
    """More bytes than the engine is willing to hold (413)."""

    status = 413


class Unsupported(EngineError):
    """A documented part of the Engine API that docklab does not do, and why (501)."""

    status = 501


class Unavailable(EngineError):
    """Cannot be done in the daemon's present state (503)."""

    status = 503


class StartFailed(BadRequest):
    """The container's process could not be started; `code` is the exit code Docker gives it (125, 126, 127)."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code
