"""The journal: one JSON object a line, with the request id and no personal data (R40, R41)."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, TextIO

journal: Final = logging.getLogger("retail")

journal.addHandler(logging.NullHandler())  # silent until `start_journal`

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# Their lines name addresses, parameters or peers; ours tell what is needed.
_TALKATIVE: Final = ("httpx", "httpx2", "httpcore", "httpcore2", "_granian", "granian.access", "uvicorn.access", "hpack")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; the fields given as `extra` stand beside time, severity and event."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; of an exception only its class and where it passed, never its words."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "severity": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "request_id": request_id.get(),
        }
        told.update({name: value for name, value in vars(record).items() if name not in _STANDARD})
        if record.exc_info and record.exc_info[1] is not None:
            told |= {"error": type(record.exc_info[1]).__name__, "trace": traces_of(record.exc_info[1])}
        return json.dumps({name: value for name, value in told.items() if value is not None}, default=str, ensure_ascii=False)


def traces_of(error: BaseException) -> list[str]:
    """Where an exception passed, innermost last, with its causes' classes; no message and no values (R41)."""
    frames = traceback.extract_tb(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    here = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-20:]]
    return [*here, f"caused by {type(cause).__name__}", *traces_of(cause)[:20]] if cause else here


def start_journal(stream: TextIO | None = None, severity: str = "INFO") -> None:
    """Send every logger of this process through the journal; third parties speak up from warnings on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    journal.setLevel(severity)
    for name in _TALKATIVE:
        talkative = logging.getLogger(name)
        talkative.handlers.clear()
        talkative.propagate = True
        talkative.setLevel(logging.WARNING)
