"""Webhooks are posted to where they are wanted, by the one way out (R39)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from retail_adapters.outbound import Call, CallFailed, Obstacle, Outbound
from retail_domain.webhooks import Destinations, TryAnswer, Untold, WebhookLetter

_UNTOLD: Final[Mapping[Obstacle, Untold]] = {
    Obstacle.ADDRESS: Untold.ADDRESS,
    Obstacle.NAME: Untold.NAME,
    Obstacle.CONNECTION: Untold.CONNECTION,
    Obstacle.TIME: Untold.TIME,
    Obstacle.BROKEN: Untold.BROKEN,
}


@frozen
class HttpSender:
    """See the port. Of an answer only the status counts; its body is not read."""

    outbound: Outbound

    async def post(self, letter: WebhookLetter) -> TryAnswer:
        """One POST."""
        try:
            called = await self.outbound.exchange(Call(method="POST", url=letter.url, headers=letter.headers, body=letter.body))
        except CallFailed as failed:
            return TryAnswer(untold=_UNTOLD[failed.why])
        return TryAnswer(status=called.status)


def http_sender(destinations: Destinations | None = None) -> HttpSender:
    """A sender that calls where the shop may call."""
    return HttpSender(Outbound(destinations=destinations or Destinations()))
