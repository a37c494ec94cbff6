"""What can be refused about messages."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import MessageId


@refusal
class MessageNotFound(DomainError):
    """There is no such message of yours."""

    code = "messages.not_found"
    kind = Kind.MISSING
    message_id: MessageId


@refusal
class WayOutUnknown(DomainError):
    """This is no way out that the shop has given to anybody."""

    code = "messages.way_out_unknown"
    kind = Kind.MISSING
