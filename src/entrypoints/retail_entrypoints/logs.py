"""The journal: one JSON object a line, with the request id and no personal data (R40, R41)."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, TextIO

import msgspec

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
        told |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            told |= {"error": type(record.exc_info[1]).__name__, "trace": traces_of(record.exc_info[1])}
        told = {name: value for name, value in told.items() if value is not None}
        line = _line(told)
        return line if len(line) <= _WORDS_MAX else _line({name: _short(value) for name, value in told.items()})


_ENCODER: Final = msgspec.json.Encoder(enc_hook=str)


def _line(told: dict[str, object]) -> str:
    try:
        return _ENCODER.encode(told).decode()
    except UnicodeEncodeError:  # half a surrogate, from whoever sent it: told as an escape, as everything beside ASCII then
        return json.dumps(told, default=str)


def _short(value: object) -> object:
    """What a line holds of a value: whatever somebody sent, a line stays a line."""
    if isinstance(value, str) and len(value) > _WORDS_MAX:
        return value[:_WORDS_MAX] + "…"
    return [_short(one) for one in value[:_ITEMS_MAX]] if isinstance(value, list) else value


_WORDS_MAX: Final = 1_000
_ITEMS_MAX: Final = 100
_CAUSES_MAX: Final = 10


def traces_of(error: BaseException) -> list[str]:
    """Where an exception passed, innermost last, with its causes' classes; no message and no values (R41)."""
    told: list[str] = []
    seen: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in seen and len(seen) < _CAUSES_MAX:
        told += [f"caused by {type(at).__name__}"] if seen else []
        told += [_place(frame) for frame in traceback.extract_tb(at.__traceback__)[-20:]]
        seen.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return told


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"


def start_journal(stream: TextIO | None = None, severity: str = "INFO") -> None:
    """Send every logger of this process through the journal; third parties speak up from warnings on."""
    _tell_only_what_is_read()
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


def _tell_only_what_is_read() -> None:
    """Lines name no thread, process, task or source line, so they need not be found out (the logging how-to's advice)."""
    logging.logThreads = False
    logging.logProcesses = False
    logging.logMultiprocessing = False
    setattr(logging, "logAsyncioTasks", False)  # noqa: B010 - since Python 3.12
    logging._srcfile = None
