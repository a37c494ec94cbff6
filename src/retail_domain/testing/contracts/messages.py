"""The examination every store of messages passes; a subclass brings the fixtures `begin` and `show` of an empty store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import MessageId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.messages import (
    MarketingConsent,
    Message,
    MessageOccasion,
    MessageQueries,
    MessageReading,
    MessageSending,
    MessageSettings,
    MessagesWork,
    QuietHours,
    Recipient,
    SendAnswer,
    SendingState,
    SendResult,
)
from retail_domain.messages.model import LEASE
from retail_domain.testing.goods import NOON
from retail_domain.testing.orders import ALICE, BOB

TO_ALICE: Final = Recipient.member(ALICE)
TO_BOB: Final = Recipient.member(BOB)
MINUTE: Final = timedelta(minutes=1)
TAKEN: Final = SendAnswer(SendResult.TAKEN)


def message_id(number: int) -> MessageId:
    """The message id of that number."""
    return MessageId(UUID(int=0x3E55_0000 + number))


def message(number: int = 1, recipient: Recipient = TO_ALICE, **more: Any) -> Message:
    """Something that somebody is told."""
    given: dict[str, Any] = {
        "id": message_id(number), "cause": "order.paid", "kind": CauseKind.SERVICE, "recipient": recipient,
        "about": UUID(int=number), "filled": {"order": f"{number}", "amount": "1.00 CNY"}, "at": NOON + number * MINUTE,
    }  # fmt: skip
    return Message(**{**given, **more})


def sending(number: int = 1, channel: str = "sms") -> MessageSending:
    """Of that message, due at once."""
    return MessageSending(
        message_id=message_id(number), channel=channel, recipient_id=ALICE, due_at=NOON, next_at=NOON + number * MINUTE
    )


def occasion(number: int = 1, recipient: Recipient = TO_ALICE, of: int = 1) -> MessageOccasion:
    """That the message tells of that happening."""
    return MessageOccasion(cause="order.paid", recipient=recipient, occasion=UUID(int=number), message_id=message_id(of))


async def stored(begin: Begin[MessagesWork], *messages: Message) -> None:
    """They were written."""
    async with begin() as work:
        for one in messages:
            work.messages.save(Change(None, one))
        await work.commit()


@pytest.mark.asyncio
class MessagesContract:
    """What every store of messages promises."""

    async def test_what_is_told_is_found_as_it_was_by_its_reader_alone(
        self, begin: Begin[MessagesWork], show: MessageQueries
    ) -> None:
        """MSG-R8: page after page, the newest first."""
        consented = message(3, kind=CauseKind.MARKETING, consent=2, bundles_until=NOON + MINUTE)
        await stored(begin, message(1), message(2), consented, message(4, TO_BOB))

        first = await show.inbox(TO_ALICE, PageRequest(2))
        rest = await show.inbox(TO_ALICE, PageRequest(2, first.next_cursor))

        assert [one.id for one in first.items] == [message_id(3), message_id(2)]
        assert [one.id for one in rest.items] == [message_id(1)] and rest.next_cursor is None
        assert first.items[0] == evolve(consented, version=1)
        assert [await show.unread(one) for one in (TO_ALICE, TO_BOB, Recipient.staff(ALICE))] == [3, 1, 0]

    async def test_what_was_read_is_counted_no_more(self, begin: Begin[MessagesWork], show: MessageQueries) -> None:
        """MSG-R8."""
        await stored(begin, message(1), message(2), message(3), message(4, TO_BOB))
        async with begin() as work:
            (one,) = (await work.messages.claim([message_id(2), message_id(99)])).values()
            work.messages.save(one.noted_read(at=NOON))
            await work.commit()

        assert [one.id for one in (await show.inbox(TO_ALICE, PageRequest(9), unread_only=True)).items] == [
            message_id(3), message_id(1),
        ]  # fmt: skip
        assert await show.unread(TO_ALICE) == 2
        async with begin() as work:
            assert [one.id for one in await work.messages.claim_unread(TO_ALICE, 1)] == [message_id(1)]

    async def test_a_happening_is_told_a_reader_once_for_a_cause(self, begin: Begin[MessagesWork]) -> None:
        """MSG-R2: whoever comes second is refused, whatever they looked at before."""
        await stored(begin, message(1), message(2, TO_BOB))
        async with begin() as work:
            for one in (occasion(7), occasion(7, TO_BOB, of=2), occasion(8)):
                work.message_occasions.save(Change(None, one))
            await work.commit()
        async with begin() as work:
            known = await work.message_occasions.known([UUID(int=7), UUID(int=9)])
            assert set(known) == {occasion(7).key, occasion(7, TO_BOB).key}
            work.message_occasions.save(Change(None, occasion(7)))
            with pytest.raises(Taken):
                await work.commit()

    async def test_of_two_who_look_through_the_same_events_one_is_too_late(self, begin: Begin[MessagesWork]) -> None:
        """MSG-R2: from the first time on."""
        for came_to in (3, 5):
            units = [begin(), begin()]
            async with units[0] as one:
                reading = await one.message_readings.find()
                one.message_readings.save(reading.came_on(came_to))
                await one.commit()
            async with units[1] as other:
                other.message_readings.save(reading.came_on(came_to + 1))
                with pytest.raises((Stale, Taken)):
                    await other.commit()
            async with begin() as work:
                assert (await work.message_readings.claim()).came_to == came_to
        assert MessageReading().came_to == 0

    async def test_what_bundles_is_found_open_until_its_time(self, begin: Begin[MessagesWork]) -> None:
        """MSG-R5: unread, of the same cause, for the same reader."""
        until = NOON + 10 * MINUTE
        await stored(
            begin, message(1, bundles_until=until), message(2), message(3, TO_BOB, bundles_until=until),
            message(4, cause="other.cause", bundles_until=until), message(5, bundles_until=until, read_at=NOON),
        )  # fmt: skip
        async with begin() as work:
            found = await work.messages.claim_open({"order.paid"}, {TO_ALICE}, NOON + MINUTE)
            assert [one.id for one in found] == [message_id(1)]
            work.messages.save(found[0].joined())
            await work.commit()
        async with begin() as work:
            assert [one.count for one in (await work.messages.claim([message_id(1)])).values()] == [2]
            assert not await work.messages.claim_open({"order.paid"}, {TO_ALICE}, until)

    async def test_what_is_due_is_sent_once_and_whoever_dies_leaves_it_due(
        self, begin: Begin[MessagesWork], show: MessageQueries
    ) -> None:
        """MSG-R6."""
        await stored(begin, message(1), message(2))
        async with begin() as work:
            for one in (sending(2), sending(1, "push"), sending(1)):
                work.message_sendings.save(Change(None, one))
            await work.commit()
        async with begin() as work:
            assert await work.message_sendings.due(NOON + MINUTE, 9) == [(message_id(1), "push"), (message_id(1), "sms")]
            assert [key for key, _ in await work.message_sendings.due(NOON + 2 * MINUTE, 9)][-1] == message_id(2)
            found = await work.message_sendings.claim((message_id(1), "sms"))
            assert found is not None
            work.message_sendings.save(found.taken_up(at=NOON + MINUTE, repeats=False))
            await work.commit()
        assert await _due(begin, NOON + 2 * MINUTE) == [(message_id(1), "push"), (message_id(2), "sms")]
        assert (message_id(1), "sms") in await _due(begin, NOON + MINUTE + LEASE)
        async with begin() as work:
            found = await work.message_sendings.claim((message_id(1), "sms"))
            assert found is not None
            work.message_sendings.save(found.answered(TAKEN, 1, at=NOON + 2 * MINUTE, repeats=False))
            await work.commit()

        assert (message_id(1), "sms") not in await _due(begin, NOON + 99 * MINUTE)
        page = await show.sendings(PageRequest(2))
        later = await show.sendings(PageRequest(2, page.next_cursor))
        told = [(one.message_id, one.channel, one.state) for one in (*page.items, *later.items)]
        assert told == [
            (message_id(2), "sms", SendingState.WAITING), (message_id(1), "sms", SendingState.SENT),
            (message_id(1), "push", SendingState.WAITING),
        ]  # fmt: skip
        assert [one.channel for one in (await show.sendings(PageRequest(9), SendingState.SENT)).items] == ["sms"]

    async def test_every_word_about_advertising_is_kept_and_the_last_one_counts(
        self, begin: Begin[MessagesWork], show: MessageQueries
    ) -> None:
        """MSG-R3: with its time and the terms; of two at once one comes second."""
        assert (await show.settings(ALICE))[1] is None
        for at, given in enumerate((True, False, True)):
            async with begin() as work:
                last = (await work.marketing_consents.last_of([ALICE, BOB])).get(ALICE)
                work.marketing_consents.save(
                    MarketingConsent.decided(ALICE, last, given=given, terms_version=f"v{at}", at=NOON + at * MINUTE)
                )
                await work.commit()
        async with begin() as work:
            found = await work.marketing_consents.last_of([ALICE, BOB])
            assert list(found) == [ALICE]
            last = found[ALICE]
            assert (last.number, last.given, last.terms_version, last.at) == (3, True, "v2", NOON + 2 * MINUTE)
        assert (await show.settings(ALICE))[1] == last

        came = await asyncio.gather(*(_say(begin, last, given) for given in (False, False)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in came) in (["NoneType", "Taken"], ["NoneType", "Stale"])

    async def test_how_somebody_wants_to_be_told_is_found_as_it_was(
        self, begin: Begin[MessagesWork], show: MessageQueries
    ) -> None:
        """MSG-R4: the usual for who never said anything."""
        muted = (("sms", CauseKind.MARKETING), ("sms", CauseKind.SERVICE))
        quiet = QuietHours(begin=time(23, 30), end=time(7))
        chosen = MessageSettings(member_id=ALICE, language=Language.EN, muted=muted, quiet_hours=quiet)
        async with begin() as work:
            assert await work.message_settings.of(ALICE) == MessageSettings(member_id=ALICE)
            work.message_settings.save(Change(None, chosen))
            await work.commit()
        assert (await show.settings(ALICE))[0] == evolve(chosen, version=1)
        async with begin() as work:
            known = await work.message_settings.of(ALICE)
            assert (known.language, known.muted, known.quiet_hours, known.version) == (Language.EN, muted, quiet, 1)
            work.message_settings.save(Change(known, MessageSettings(member_id=ALICE, version=1)))
            await work.commit()

        usual, _ = await show.settings(ALICE)
        assert usual == MessageSettings(member_id=ALICE, version=2)

    async def test_old_ones_go_with_all_that_hangs_on_them(self, begin: Begin[MessagesWork], show: MessageQueries) -> None:
        """R40: the oldest first, so many at a time."""
        await stored(begin, message(1), message(2), message(3))
        async with begin() as work:
            for one in (occasion(1), occasion(3, of=3)):
                work.message_occasions.save(Change(None, one))
            work.message_sendings.save(Change(None, sending(1)))
            await work.commit()
        counts = []
        for _ in range(3):
            async with begin() as work:
                counts.append(await work.messages.forget(NOON + 3 * MINUTE, 1))
                await work.commit()

        assert counts == [1, 1, 0]
        assert [one.id for one in (await show.inbox(TO_ALICE, PageRequest(9))).items] == [message_id(3)]
        assert not (await show.sendings(PageRequest(9))).items
        async with begin() as work:
            assert set(await work.message_occasions.known([UUID(int=1), UUID(int=3)])) == {occasion(3).key}

    async def test_all_of_one_reader_go_with_what_hangs_on_them(self, begin: Begin[MessagesWork], show: MessageQueries) -> None:
        """PRV-R4: the oldest first, so many at a time; whoever of staff had the same id, and everybody else, keeps theirs."""
        staff = Recipient.staff(ALICE)
        await stored(begin, message(1), message(2), message(3), message(4, TO_BOB), message(5, staff))
        async with begin() as work:
            for one in (occasion(1), occasion(3, of=3), occasion(4, TO_BOB, of=4)):
                work.message_occasions.save(Change(None, one))
            work.message_sendings.save(Change(None, sending(1)))
            await work.commit()
        counts = []
        for _ in range(3):
            async with begin() as work:
                counts.append(await work.messages.forget_of(TO_ALICE, 2))
                await work.commit()

        assert counts == [2, 1, 0]
        left = [one.id for reader in (TO_ALICE, TO_BOB, staff) for one in (await show.inbox(reader, PageRequest(9))).items]
        assert left == [message_id(4), message_id(5)]
        assert not (await show.sendings(PageRequest(9))).items
        async with begin() as work:
            happenings = [UUID(int=number) for number in (1, 3, 4)]
            assert set(await work.message_occasions.known(happenings)) == {occasion(4, TO_BOB).key}


async def _due(begin: Begin[MessagesWork], at: Any) -> Sequence[tuple[MessageId, str]]:
    async with begin() as work:
        return list(await work.message_sendings.due(at, 9))


async def _say(begin: Begin[MessagesWork], last: MarketingConsent, given: bool) -> None:
    async with begin() as work:
        work.marketing_consents.save(MarketingConsent.decided(ALICE, last, given=given, terms_version="v9", at=NOON))
        await work.commit()
