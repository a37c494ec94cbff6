"""What can be refused about webhooks."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import WebhookId


@refusal
class WebhookNotFound(DomainError):
    """There is no such webhook."""

    code = "webhooks.not_found"
    kind = Kind.MISSING
    webhook_id: WebhookId


@refusal
class TooManyWebhooks(DomainError):
    """The shop has as many webhooks as it may have; remove one first."""

    code = "webhooks.too_many"
    kind = Kind.CONFLICT
    most: int
