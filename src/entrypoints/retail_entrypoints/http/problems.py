"""Problem details (RFC 9457): how every refusal and every failure is answered (GEN-R15, R47)."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from enum import Enum
from http import HTTPStatus
from typing import Any, Final, cast
from uuid import UUID

import attrs
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Message

from retail_domain.kernel.errors import DomainError, FieldProblem, InvalidInput, Kind
from retail_domain.kernel.money import Money
from retail_domain.kernel.rows import RowProblem
from retail_entrypoints.http import refusals
from retail_entrypoints.http.methods import allowing
from retail_entrypoints.http.shapes import Answer, FactValue
from retail_entrypoints.logs import journal, traces_of

PROBLEM_JSON: Final = "application/problem+json"

STATUS_OF_KIND: Final[Mapping[Kind, int]] = {
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.REFUSED: 409,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
    Kind.WAITING: 202,
}

# Where the protocol has a more telling status than the kind.
STATUS_OF_CODE: Final[Mapping[str, int]] = {
    refusals.Malformed.code: 400,
    refusals.MethodNotAllowed.code: 405,
    refusals.TooSlow.code: 408,
    refusals.TooLarge.code: 413,
    refusals.NotJson.code: 415,
    refusals.HeadTooLarge.code: 431,
    refusals.Failed.code: 500,
}

_OF_STATUS: Final[Mapping[int, type[DomainError]]] = {
    400: refusals.Malformed,
    401: refusals.LoginRequired,
    403: refusals.PermissionRequired,
    404: refusals.NoSuchAddress,
    405: refusals.MethodNotAllowed,
    413: refusals.TooLarge,
    415: refusals.NotJson,
}

_TOO_MANY_SECONDS: Final = 60
_UNAVAILABLE_SECONDS: Final = 1


class FieldProblemShape(Answer, frozen=True):
    """One thing wrong with one field."""

    field: str
    rule: str
    message: str


class ProblemShape(Answer, frozen=True, omit_defaults=True):
    """A refusal: `code` is stable, `detail` is for people, `errors` names the fields to blame."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldProblemShape, ...] = ()
    facts: dict[str, FactValue] = msgspec.field(default_factory=dict)
    error_id: str | None = None


def status_of(refused: DomainError | type[DomainError]) -> int:
    """The HTTP status of a refusal (GEN-R15)."""
    return STATUS_OF_CODE.get(refused.code) or STATUS_OF_KIND[refused.kind]


def type_of(code: str) -> str:
    """The address of a problem's description."""
    return f"/problems/{code}"


def problem_of(refused: DomainError, error_id: str | None = None) -> ProblemShape:
    """A refusal as problem details; what the shop cannot help is told without any detail."""
    is_ours = refused.kind is Kind.UNAVAILABLE
    return ProblemShape(
        type=type_of(refused.code),
        title=HTTPStatus(status_of(refused)).phrase,
        status=status_of(refused),
        detail=refused.sentence(),
        code=refused.code,
        errors=tuple(FieldProblemShape(p.field, p.rule, p.message) for p in _problems(refused)),
        facts={} if is_ours else _facts(refused),
        error_id=error_id,
    )


def render(refused: DomainError, error_id: str | None = None) -> Response[ProblemShape]:
    """The answer to a refusal, with the headers its status asks for."""
    return Response(
        problem_of(refused, error_id),
        status_code=status_of(refused),
        media_type=PROBLEM_JSON,
        headers=headers_of(refused),
    )


def plain_answer(refused: DomainError, error_id: str | None = None) -> tuple[Message, Message]:
    """The answer to a refusal as the two messages a server is sent, for those who answer before the framework does."""
    body = msgspec.json.encode(problem_of(refused, error_id))
    told = {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body)), **headers_of(refused)}
    headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    start: Message = {"type": "http.response.start", "status": status_of(refused), "headers": headers}
    return start, {"type": "http.response.body", "body": body, "more_body": False}


def hanging_up(start: Message) -> Message:
    """The beginning of an answer after which the connection ends."""
    headers = [*cast(Any, start)["headers"], (b"connection", b"close")]
    return cast(Message, {**start, "headers": headers})


def answer_refusal(_request: Request[Any, Any, Any], refused: DomainError) -> Response[ProblemShape]:
    """Answer what a use case or the door refused."""
    return render(_malformed(refused) or refused)


def answer_protocol_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemShape]:
    """Answer what the framework refused: unknown addresses, wrong methods, a length that is none."""
    if error.status_code >= 500:
        return _answer_failure(error)
    answer = render(_OF_STATUS.get(error.status_code, refusals.RequestRefused)())
    told = next((value for name, value in (error.headers or {}).items() if name.lower() == "allow"), None)
    if told is not None:
        answer.headers["allow"] = allowing(told.split(", "))
    return answer


def answer_failure(_request: Request[Any, Any, Any], error: Exception) -> Response[ProblemShape]:
    """Answer a bug of ours: an error id for the caller, the trace (without values) for the journal (R47, R41)."""
    return _answer_failure(error)


def _answer_failure(error: Exception) -> Response[ProblemShape]:
    return render(refusals.Failed(), noted(error))


def noted(error: Exception) -> str:
    error_id = secrets.token_hex(8)
    journal.error("failed", extra={"error_id": error_id, "error": type(error).__name__, "trace": traces_of(error)})
    return error_id


def _problems(refused: DomainError) -> tuple[FieldProblem, ...]:
    if isinstance(refused, InvalidInput | refusals.Malformed):
        return refused.problems
    told = refused.facts().get("problems")
    return tuple(_of_row(one) for one in told if isinstance(one, RowProblem)) if isinstance(told, tuple) else ()


def _of_row(problem: RowProblem) -> FieldProblem:
    """What is wrong with a row of a file that was sent; a spreadsheet counts the header as row 1."""
    return FieldProblem(field=f"rows[{problem.row}].{problem.field}", rule=problem.rule, message=problem.message)


def _retry_after(refused: DomainError, otherwise: int) -> str:
    """In seconds, or as a date, whichever the refusal knows."""
    told = refused.facts()
    at = told.get("retry_at")
    return format_datetime(at, usegmt=True) if isinstance(at, datetime) else str(told.get("retry_after_seconds") or otherwise)


def _malformed(refused: DomainError) -> refusals.Malformed | None:
    """A cursor that no list ever gave out is noticed by the store, yet it is a malformed request."""
    is_cursor = isinstance(refused, InvalidInput) and all(problem.rule == "cursor" for problem in refused.problems)
    return refusals.Malformed(problems=_problems(refused)) if is_cursor else None


def headers_of(refused: DomainError) -> dict[str, str]:
    """What the head of an answer tells of a refusal."""
    match status_of(refused):
        case 401:
            return {"WWW-Authenticate": 'Bearer realm="shop"'}
        case 408:
            return {"Connection": "close"}
        case 429:
            return {"Retry-After": _retry_after(refused, _TOO_MANY_SECONDS)}
        case 503:
            return {"Retry-After": _retry_after(refused, _UNAVAILABLE_SECONDS)}
        case _:
            return {}


def _facts(refused: DomainError) -> dict[str, FactValue]:
    told = {name: fact(value) for name, value in refused.facts().items() if name != "problems"}
    return {name: value for name, value in told.items() if value is not None} if not refused.code.startswith("store.") else {}


def fact(value: object) -> FactValue:
    """A fact of a refusal as JSON: money, instants and ids in the spelling the whole API uses."""
    match value:
        case None | bool() | int() | str():
            return value
        case Enum():
            return str(value.value)
        case UUID():
            return str(value)
        case datetime():
            return str(msgspec.to_builtins(value))
        case Money(minor, currency):
            return {"minor": minor, "currency": currency}
        case Mapping():
            return {str(fact(key)): fact(item) for key, item in value.items()}
        case tuple() | list() | set() | frozenset():
            return [fact(item) for item in value]
        case _:
            return _plain(value)


def _plain(value: object) -> FactValue:
    kind = type(value)
    return {field.name: fact(getattr(value, field.name)) for field in attrs.fields(kind)} if attrs.has(kind) else str(value)
