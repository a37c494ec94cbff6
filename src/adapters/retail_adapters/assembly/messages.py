"""Messages, wired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from retail_adapters.assembly.parts import Parts
from retail_adapters.sms import SmsNotifier
from retail_adapters.system.sealer import HmacSealer
from retail_domain.kernel.frames import bound
from retail_domain.kernel.ids import MessageId
from retail_domain.messages import Audience, MessageDesk, Notifier, PaySoon
from retail_domain.messages.use_cases.reading import (
    change_message_settings,
    decide_marketing,
    leave_marketing,
    read_for,
    read_messages,
    show_inbox,
    show_message_settings,
    show_quiet_hours,
    stop_marketing,
)
from retail_domain.messages.use_cases.sending import (
    SendingRules,
    SendingSteps,
    due_sendings,
    note_sent,
    send_message,
    take_up_sending,
)
from retail_domain.messages.use_cases.telling import (
    SMS,
    MessageChannels,
    due_pay_soon,
    note_noticed,
    show_reading,
    tell_pay_soon,
    write_messages,
)
from retail_domain.ordering import PAY_SOON
from retail_domain.processes.worker.causes import our_causes
from retail_domain.processes.worker.due import Due, Timer
from retail_domain.processes.worker.messages import LookAround, TellMessages, audience_of

AT_ONCE: Final = 20
"""So many go out in one round, one after the other."""


def messages(parts: Parts) -> MessageDesk:
    """Messages of a shop made of these parts."""
    show, causes, sealer, rules = parts.reads.messages, our_causes(), HmacSealer(parts.secret), parts.policies.messages
    read = parts.deciding(read_messages)
    return MessageDesk(
        inbox=bound(show_inbox, show, causes, sealer),
        unread=show.unread,
        read=read,
        read_for=bound(read_for, read),
        settings=bound(show_message_settings, show, rules, parts.looking(show_quiet_hours, rules, parts.clock)),
        change_settings=parts.deciding(change_message_settings, _channels(parts)),
        decide_marketing=parts.deciding(decide_marketing, rules),
        stop_marketing=parts.deciding(stop_marketing, rules),
        leave_marketing=parts.deciding(leave_marketing, rules, sealer),
        show=show,
    )


def message_timers(parts: Parts) -> Mapping[str, Timer]:
    """What a worker does about messages: write them down, remind who is to pay, look around, send."""
    channels, causes = _channels(parts), our_causes()
    audience = _audience(parts)
    remind: Due[PaySoon] = Due(
        clock=parts.clock,
        find=parts.reading(due_pay_soon, parts.policies.messages.pay_soon_seconds),
        deal_with=parts.deciding(tell_pay_soon, PAY_SOON, channels),
    )
    return {
        "remind_to_pay": remind,
        "tell_messages": TellMessages(
            look=parts.looking(show_reading), write=parts.deciding(write_messages, channels), events=parts.reads.outbox,
            audience=audience, causes=causes,
        ),
        "look_around": LookAround(
            clock=parts.clock, deliveries=parts.reads.outbox, gateways=parts.gateway_watch,
            note=parts.deciding(note_noticed, channels), audience=audience,
        ),
        "send_messages": _sending(parts),
    }  # fmt: skip


def _sending(parts: Parts) -> Due[tuple[MessageId, str]]:
    notifiers = _notifiers(parts)
    knows = SendingRules(
        rules=parts.policies.messages, causes=our_causes(), notifiers=notifiers, sealer=HmacSealer(parts.secret)
    )
    steps = SendingSteps(take_up=parts.deciding(take_up_sending, knows), note=parts.deciding(note_sent, knows))
    send = bound(send_message, steps, notifiers)
    return Due(clock=parts.clock, find=parts.reading(due_sendings), deal_with=send, most=AT_ONCE)


def _audience(parts: Parts) -> Callable[[], Awaitable[Audience]]:
    async def asked() -> Audience:
        return await audience_of(parts.reads.accounts)

    return asked


def _notifiers(parts: Parts) -> Mapping[str, Notifier]:
    return {SMS: SmsNotifier(parts.sms), **parts.notifiers, **parts.team_notifiers}


def _channels(parts: Parts) -> MessageChannels:
    return MessageChannels(members=(SMS, *sorted(parts.notifiers)), team=tuple(sorted(parts.team_notifiers)))
