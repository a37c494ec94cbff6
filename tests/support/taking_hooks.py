"""Receivers of webhooks that take everything."""

from __future__ import annotations

from attrs import define, field

from retail_domain.webhooks import TryAnswer, WebhookLetter


@define
class TakesAll:
    """A sender of webhooks for shops that tell nobody really."""

    letters: list[WebhookLetter] = field(factory=list)

    async def post(self, letter: WebhookLetter) -> TryAnswer:
        """Taken."""
        self.letters.append(letter)
        return TryAnswer(status=204)
