"""Webhooks, wired."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.sealer import HmacSealer
from retail_domain.contexts import every_event
from retail_domain.kernel.frames import bound
from retail_domain.processes.worker.webhooks import TellingSteps, TellWebhooks, every_webhook, one_webhook
from retail_domain.webhooks import WebhookDesk, WebhookView
from retail_domain.webhooks.use_cases.deciding import (
    create_webhook,
    pause_webhook,
    release_tellings,
    remove_webhook,
    replay_tellings,
    resume_webhook,
    rotate_webhook,
    store_webhook,
)
from retail_domain.webhooks.use_cases.telling import active_webhooks, note_answer, note_tries, take_up_tellings, write_down


def webhooks(parts: Parts) -> WebhookDesk:
    """Webhooks of a shop made of these parts."""
    sealer, events, show = HmacSealer(parts.secret), parts.reads.outbox, parts.reads.webhooks
    rules = evolve(parts.policies.webhooks, kinds=frozenset(event.name for event in every_event()))

    async def every() -> Sequence[WebhookView]:
        """All of them, the oldest first, and how far each has come."""
        return await every_webhook(events, show)

    return WebhookDesk(
        create=bound(create_webhook, events.last_number, parts.deciding(store_webhook, sealer, rules)),
        pause=parts.deciding(pause_webhook),
        resume=parts.deciding(resume_webhook),
        remove=parts.deciding(remove_webhook),
        rotate=parts.deciding(rotate_webhook, sealer),
        replay=parts.deciding(replay_tellings),
        release=parts.deciding(release_tellings),
        every=every,
        one=bound(one_webhook, events, show),
        show=show,
    )


def telling_webhooks(parts: Parts) -> TellWebhooks:
    """The timer that tells webhooks what happened."""
    steps = TellingSteps(
        look=parts.looking(active_webhooks),
        write_down=parts.deciding(write_down),
        take_up=parts.deciding(take_up_tellings),
        note=parts.deciding(note_answer),
        note_tries=parts.deciding(note_tries),
    )
    return TellWebhooks(
        steps=steps, events=parts.reads.outbox, sender=parts.webhook_sender, sealer=HmacSealer(parts.secret),
        clock=parts.clock, lanes=parts.lanes,
    )  # fmt: skip
