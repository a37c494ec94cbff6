"""Webhooks, for those who embed the shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from attrs import frozen

from retail_domain.kernel.ids import WebhookId
from retail_domain.webhooks.queries import WebhookQueries, WebhookView
from retail_domain.webhooks.use_cases.deciding import (
    ChangeWebhook,
    CreateWebhook,
    ReleaseTellings,
    ReplayTellings,
    WebhookSecret,
)


@frozen(kw_only=True)
class WebhookDesk:
    """What staff do with webhooks."""

    create: Callable[[CreateWebhook], Awaitable[WebhookSecret]]
    pause: Callable[[ChangeWebhook], Awaitable[None]]
    resume: Callable[[ChangeWebhook], Awaitable[None]]
    remove: Callable[[ChangeWebhook], Awaitable[None]]
    rotate: Callable[[ChangeWebhook], Awaitable[WebhookSecret]]
    replay: Callable[[ReplayTellings], Awaitable[int]]
    release: Callable[[ReleaseTellings], Awaitable[int]]
    every: Callable[[], Awaitable[Sequence[WebhookView]]]
    """All of them, the oldest first."""
    one: Callable[[WebhookId], Awaitable[WebhookView]]
    """One of them. Raises WebhookNotFound."""
    show: WebhookQueries
