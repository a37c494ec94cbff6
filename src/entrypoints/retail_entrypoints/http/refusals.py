"""What the HTTP door itself refuses, before any use case is asked."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, FieldProblem, Kind, refusal, told_problems


@refusal
class Malformed(DomainError):
    """The request cannot be understood."""

    code = "request.malformed"
    kind = Kind.INVALID
    problems: tuple[FieldProblem, ...] = ()

    @classmethod
    def because(cls, field: str, rule: str, message: str) -> Malformed:
        """One reason, with the place it was found."""
        return cls(problems=(FieldProblem(field=field, rule=rule, message=message),))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sentence(), told_problems(self.problems))))


@refusal
class TooLarge(DomainError):
    """The request body is larger than the shop accepts."""

    code = "request.too_large"
    kind = Kind.INVALID


@refusal
class NotJson(DomainError):
    """The shop reads application/json in UTF-8 only."""

    code = "request.not_json"
    kind = Kind.INVALID


@refusal
class NoSuchAddress(DomainError):
    """There is nothing at this address."""

    code = "request.no_such_address"
    kind = Kind.MISSING


@refusal
class NoSuchProblem(DomainError):
    """No problem has this code."""

    code = "request.no_such_problem"
    kind = Kind.MISSING


@refusal
class MethodNotAllowed(DomainError):
    """This address does not take this method."""

    code = "request.method_not_allowed"
    kind = Kind.REFUSED


@refusal
class RequestRefused(DomainError):
    """The request was refused."""

    code = "request.refused"
    kind = Kind.REFUSED


@refusal
class Failed(DomainError):
    """Something went wrong on our side; please quote the error id."""

    code = "request.failed"
    kind = Kind.UNAVAILABLE


@refusal
class TooBusy(DomainError):
    """The shop is full at the moment; please come back shortly."""

    code = "request.too_busy"
    kind = Kind.UNAVAILABLE


@refusal
class TooManyBodies(DomainError):
    """Too much was sent from here that is not complete yet; please send it again shortly."""

    code = "request.too_many_bodies"
    kind = Kind.UNAVAILABLE


@refusal
class HeadTooLarge(DomainError):
    """The request line and the headers are larger than the shop accepts."""

    code = "request.head_too_large"
    kind = Kind.INVALID


@refusal
class TooSlow(DomainError):
    """The request body took too long to arrive."""

    code = "request.too_slow"
    kind = Kind.INVALID


@refusal
class NotReady(DomainError):
    """The shop is not ready to serve."""

    code = "request.not_ready"
    kind = Kind.UNAVAILABLE


@refusal
class LoginRequired(DomainError):
    """Please log in first."""

    code = "auth.login_required"
    kind = Kind.UNAUTHENTICATED


@refusal
class PermissionRequired(DomainError):
    """Your account may not do this."""

    code = "auth.permission_required"
    kind = Kind.FORBIDDEN
