"""Pages for what went wrong: what happened, what to do, and the id to quote."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlsplit

from litestar import Response
from litestar.exceptions import HTTPException

from retail_domain.kernel.errors import DomainError, Kind
from retail_entrypoints.http import problems
from retail_entrypoints.http.refusals import Failed, MethodNotAllowed, NoSuchAddress, RequestRefused, TooLarge
from retail_entrypoints.web import policy
from retail_entrypoints.web.asking import DESK
from retail_entrypoints.web.origin import is_path
from retail_entrypoints.web.view import View

_OF_STATUS: Final = {404: NoSuchAddress, 405: MethodNotAllowed, 413: TooLarge}
_ENTER: Final = "/enter"


def show_refusal(view: View, refused: DomainError) -> Response[Any]:
    """Whoever must log in is led there and back; everybody else is told why not."""
    if refused.kind is Kind.UNAUTHENTICATED:
        door = f"{DESK}/enter" if view.request.is_desk else _ENTER
        return view.go(f"{door}?then={quote(_wanted(view), safe='')}", "enter.first")
    trouble = view.told(refused)
    answer = _page(view, trouble.status, trouble.sentence)
    answer.headers.update(problems.headers_of(refused))
    return answer


def show_protocol_error(view: View, error: HTTPException) -> Response[Any]:
    """What the framework refused: unknown addresses, wrong methods."""
    if error.status_code >= 500:
        return show_failure(view, error)
    answer = show_refusal(view, _OF_STATUS.get(error.status_code, RequestRefused)())
    answer.headers.update({name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"})
    return answer


def show_failure(view: View, error: Exception) -> Response[Any]:
    """A bug of ours: an id to quote, the trace for the journal (R47, R41)."""
    return _page(view, 500, view.sentence(Failed()), problems.noted(error))


def _page(view: View, status: int, sentence: str, error_id: str | None = None) -> Response[Any]:
    """It repeats nothing that was sent, the address least of all (R40): to read it in another language leads home."""
    template, home = ("desk/error.html", DESK) if view.request.is_desk else ("error.html", "/")
    return view.page(template, status=status, keeping=policy.NEVER, sentence=sentence, error_id=error_id, back=home)


def _wanted(view: View) -> str:
    """The page that was asked for; after a form, the page it stood on."""
    if view.request.method in ("GET", "HEAD"):
        return view.path
    told = view.request.lines_of(b"referer")
    path = urlsplit(told[0]).path if told else "/"
    return path if is_path(path) else "/"
