"""What goes wrong with a provider: surely not done, unknown, or a notice that is not believed (R9, R12)."""

from __future__ import annotations

from typing import ClassVar, Literal

from retail_domain.kernel.errors import DomainError, Kind, refusal


@refusal
class GatewayError(DomainError):
    """The payment provider did not do what was asked."""

    outcome: ClassVar[Literal["not_done", "unknown"]] = "not_done"

    gateway: str
    reason: str = ""
    """A short word for logs and staff; never a body, a key or a buyer's data (R41)."""


@refusal
class Rejected(GatewayError):
    """The payment provider refused; please pay another way or try anew."""

    code = "gateway.rejected"
    kind = Kind.REFUSED


@refusal
class ReferenceConflict(Rejected):
    """The payment provider knows this reference with another content."""

    code = "gateway.reference_conflict"
    kind = Kind.CONFLICT


@refusal
class NotSent(GatewayError):
    """The payment provider cannot be reached right now; please try again shortly."""

    code = "gateway.not_sent"
    kind = Kind.UNAVAILABLE


@refusal
class Misconfigured(GatewayError):
    """This way of paying is out of order; please choose another."""

    code = "gateway.misconfigured"
    kind = Kind.UNAVAILABLE


@refusal
class OutcomeUnknown(GatewayError):
    """The payment is being confirmed; please wait a moment."""

    code = "gateway.outcome_unknown"
    kind = Kind.UNAVAILABLE
    outcome: ClassVar[Literal["not_done", "unknown"]] = "unknown"


@refusal
class NotificationRefused(DomainError):
    """This notice is not accepted."""

    kind = Kind.FORBIDDEN

    gateway: str
    reason: str = ""


@refusal
class NotificationForged(NotificationRefused):
    """This notice was not signed by the payment provider."""

    code = "gateway.notice_forged"


@refusal
class NotificationStale(NotificationRefused):
    """This notice was signed too long ago, or in the future."""

    code = "gateway.notice_stale"


@refusal
class NotificationForAnother(NotificationRefused):
    """This notice is meant for another shop."""

    code = "gateway.notice_for_another"


@refusal
class NotificationUnreadable(NotificationRefused):
    """This notice is genuine but makes no sense."""

    code = "gateway.notice_unreadable"

    event_id: str | None = None
    """The provider's name for it, as far as it could be read."""
    ref: str | None = None
    """Our reference in it, as far as it could be read."""
