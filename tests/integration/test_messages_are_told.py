"""Members and staff are told what happened, once each, on every store (MSG-R1 to MSG-R9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from attrs import define

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.assembly.policies import Policies
from retail_domain.accounts import AddStaff, Role
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.sms import SmsNotSent, SmsOutcomeUnknown, SmsPurpose, SmsRejected, SmsRejection
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.causes import Language
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MessageId, StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import (
    TEAM,
    ChangeMessageSettings,
    DecideMarketing,
    LeaveMarketing,
    MessageLetter,
    MessageNotFound,
    MessageRules,
    MessageView,
    QuietHours,
    ReadMessages,
    Recipient,
    SendAnswer,
    SendingState,
    SendingView,
    SendResult,
    ShowInbox,
    WayOutUnknown,
)
from retail_domain.messages.model import GIVES_UP_AFTER, LEASE
from retail_domain.messages.use_cases.telling import KEPT
from retail_domain.ordering import OrderPaid
from retail_domain.payments.states import Standing
from retail_domain.processes.worker.messages import LATE, LOOKS_EVERY
from retail_domain.processes.worker.reactions import Follows
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.orders import (
    ALICE,
    BOB,
    CLERK,
    HOUR,
    NOON,
    TIMERS,
    a_line,
    a_payment,
    a_refund,
    order_id,
    parcel,
    pay,
    placed,
    says,
)
from tests.support.moody_sms import MoodySms
from tests.support.stores import Place, open_database, place_of

PHONE: Final = Phone("+8613800138000")
TO_ALICE: Final = Recipient.member(ALICE)
MINUTE: Final = timedelta(minutes=1)
EVERYTHING: Final = ("number_events", "remind_to_pay", "tell_messages", "look_around", "send_messages")
TAKEN: Final = SendAnswer(SendResult.TAKEN)
TESTS: Final = Actor.system("tests")


@define
class Robot:
    """What all of staff read."""

    heard: list[MessageLetter]
    answer: SendAnswer = TAKEN
    repeats: bool = True

    async def send(self, letter: MessageLetter) -> SendAnswer:
        self.heard.append(letter)
        return self.answer

    async def ask(self, letter: MessageLetter) -> SendAnswer:
        return SendAnswer(SendResult.UNKNOWN)


@define
class World:
    """A shop whose orders move as a test says, and what it tells of them."""

    retail: Any
    clock: SettableClock
    sms: MoodySms
    robot: Robot
    trouble: list[Exception]
    """What a reaction to payments meets."""

    async def does(self, *steps: Any, which: int = 1) -> None:
        """Each step changes the order in a unit of its own."""
        for step in steps:
            async with self.retail.begin() as work:
                work.orders.save(step if hasattr(step, "events") else step(await work.orders.get(order_id(which))))
                await work.commit()

    async def saves(self, name: str, *changes: Any) -> None:
        async with self.retail.begin() as work:
            for one in changes:
                getattr(work, name).save(one)
            await work.commit()

    async def joins(self, id: Any = ALICE, phone: Phone | None = PHONE) -> None:
        await self.saves("members", Member.registered(id=id, phone=phone, terms_version="1", at=NOON))

    async def round(self, *names: str) -> None:
        """A worker's rounds, until nothing is due at this moment."""
        while not names and await self.retail.background.deliver_next():
            continue
        for name in names or EVERYTHING:
            for _ in range(9):
                came = await self.retail.background.timers[name]()
                assert came.failed == ()
                if not came.done:
                    break

    async def inbox(self, whom: Recipient = TO_ALICE, **more: Any) -> Sequence[MessageView]:
        page = await self.retail.messages.inbox(ShowInbox(recipient=whom, page=PageRequest(100), **more))
        return list(reversed(page.items))

    async def causes(self, whom: Recipient = TO_ALICE) -> list[str]:
        return [one.cause for one in await self.inbox(whom)]

    async def sendings(self) -> Sequence[SendingView]:
        page = await self.retail.messages.show.sendings(PageRequest(100))
        return list(reversed(page.items))

    async def states(self) -> list[tuple[str, SendingState, str]]:
        return [(one.cause, one.state, one.reason) for one in await self.sendings()]

    async def agrees(self) -> None:
        terms = (await self.retail.messages.settings(ALICE)).terms_version
        await self.retail.messages.decide_marketing(DecideMarketing(member_id=ALICE, given=True, terms_version=terms))


def ship(which: int = 1, number: int = 1, **units: int) -> Any:
    return lambda order: order.ship(parcel(number, **units or {"s1": 1}), actor=CLERK, at=NOON)


def sign(order: Any) -> Any:
    return order.sign(actor=CLERK, at=NOON + HOUR)


def complete(order: Any) -> Any:
    return order.complete(at=order.complete_at)


@pytest.fixture(params=("memory", "sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Every store."""
    return place_of(request)


@pytest.fixture(params=("memory",))
def quick_place(request: pytest.FixtureRequest) -> Place:
    """For rules that no store decides."""
    return place_of(request)


async def a_world(place: Place) -> AsyncIterator[World]:
    clock, sms, robot, trouble = SettableClock(NOON), MoodySms(), Robot([]), list[Exception]()

    async def react(_work: Any, _event: Any, _means: Any) -> None:
        if trouble:
            raise trouble[0]

    policies = Policies(messages=MessageRules(quiet=QuietHours(begin=time(22), end=time(8))))
    outside = Outside(
        clock=clock,
        sms=sms,
        policies=policies,
        team_notifiers={"robot": robot},
        reactions=(Follows("tests.react", (OrderPaid,), react),),
    )
    if place.kind == "memory":
        yield World(on_memory(outside), clock, sms, robot, trouble)
    else:
        async with open_database(place) as database:
            yield World(on_database(database, outside), clock, sms, robot, trouble)


@pytest.fixture
async def world(place: Place) -> AsyncIterator[World]:
    async for one in a_world(place):
        yield one


@pytest.fixture
async def quick(quick_place: Place) -> AsyncIterator[World]:
    async for one in a_world(quick_place):
        yield one


# ---- what is told, and once ---------------------------------------------------------------------------------------------


async def test_a_member_is_told_each_step_of_an_order_once_in_the_inbox_and_by_text_message(world: World) -> None:
    """MSG-R1, MSG-R2, MSG-R8: however often the worker comes by."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay, ship(), sign)
    for _ in range(3):
        await world.round()
    world.clock.advance(minutes=11)
    await world.round()

    told = await world.inbox()
    assert [one.cause for one in told] == ["order.paid", "order.shipped", "order.signed"]
    assert [one.title for one in told] == ["付款成功", "商品已发货", "订单已签收"]
    assert "2606010000000001" in told[0].text and "27.99 CNY" in told[0].text
    assert [one.template for one in world.sms.delivered] == ["order.paid", "order.shipped"]
    assert world.sms.delivered[0].to == PHONE and world.sms.delivered[0].purpose is SmsPurpose.TRANSACTIONAL
    assert dict(world.sms.delivered[0].parameters) == {"order": "2606010000000001", "amount": "27.99 CNY", "count": "1"}
    (english, *_) = await world.inbox(language=Language.EN)
    assert english.text == "We have received 27.99 CNY for order 2606010000000001, and send it soon."
    assert await world.inbox(Recipient.member(BOB)) == []


async def test_the_same_event_from_two_workers_is_one_message(world: World) -> None:
    """MSG-R2: both look at the same moment; one of them finds that the other came first."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay)
    await world.round("number_events")
    tell, send = (world.retail.background.timers[name] for name in ("tell_messages", "send_messages"))

    await asyncio.gather(*(tell() for _ in range(4)))
    await asyncio.gather(*(send() for _ in range(4)))

    assert await world.causes() == ["order.paid"]
    assert len(world.sms.delivered) == 1


async def test_parcels_that_leave_together_are_one_message(world: World) -> None:
    """MSG-R5: while it is open; the text message waits for them, and what comes later is another one."""
    await world.joins()
    await world.does(placed(a_line(1, 9)), pay, ship())
    await world.round()
    world.clock.advance(minutes=5)
    await world.does(ship(number=2), ship(number=3))
    await world.round()
    assert [one.template for one in world.sms.delivered] == ["order.paid"]
    world.clock.advance(minutes=5)
    await world.round()

    (bundle,) = [one for one in await world.inbox() if one.cause == "order.shipped"]
    assert (bundle.count, bundle.text) == (3, "您有3个包裹已发出（订单2606010000000001等）。")
    assert [dict(one.parameters)["count"] for one in world.sms.delivered if one.template == "order.shipped"] == ["3"]

    await world.does(ship(number=4))
    await world.round()
    assert [one.count for one in await world.inbox() if one.cause == "order.shipped"] == [3, 1]


async def test_what_was_read_is_told_anew_and_not_changed_behind_its_reader(world: World) -> None:
    """MSG-R5, MSG-R8."""
    await world.joins()
    await world.does(placed(a_line(1, 9)), pay, ship())
    await world.round()
    assert await world.retail.messages.unread(TO_ALICE) == 2
    assert (await world.retail.messages.read(ReadMessages(recipient=TO_ALICE))).count == 2
    await world.does(ship(number=2))
    await world.round()

    assert [(one.cause, one.count, one.read_at is None) for one in await world.inbox()] == [
        ("order.paid", 1, False), ("order.shipped", 1, False), ("order.shipped", 1, True),
    ]  # fmt: skip
    assert await world.retail.messages.unread(TO_ALICE) == 1


async def test_nobody_reads_what_is_not_theirs(quick: World) -> None:
    """R33: not one of several is read then."""
    await quick.joins()
    await quick.does(placed(a_line(1, 1)), pay)
    await quick.round()
    (mine,) = await quick.inbox()
    for whom in (Recipient.member(BOB), Recipient.staff(ALICE)):
        with pytest.raises(MessageNotFound):
            await quick.retail.messages.read(ReadMessages(recipient=whom, ids=(MessageId(mine.message_id),)))
    with pytest.raises(MessageNotFound):
        await quick.retail.messages.read(ReadMessages(recipient=TO_ALICE, ids=(mine.message_id, MessageId(UUID(int=1)))))
    with pytest.raises(InvalidInput):
        await quick.retail.messages.read(ReadMessages(recipient=TO_ALICE, ids=()))

    assert await quick.retail.messages.unread(TO_ALICE) == 1
    assert (await quick.retail.messages.read(ReadMessages(recipient=TO_ALICE, ids=(mine.message_id,)))).count == 1
    assert (await quick.retail.messages.read(ReadMessages(recipient=TO_ALICE, ids=(mine.message_id,)))).count == 0


# ---- a deadline ---------------------------------------------------------------------------------------------------------


async def test_who_is_to_pay_soon_is_reminded_once_and_not_after_paying(world: World) -> None:
    """MSG-R9: so long before the order is closed; by night too, since in the morning it would be closed."""
    await world.joins()
    pay_by = NOON + timedelta(seconds=TIMERS.pay_seconds)
    await world.does(placed(a_line(1, 1)), placed(a_line(2, 1), which=2))
    world.clock.set(pay_by - timedelta(minutes=11))
    await world.round()
    assert await world.causes() == []
    world.clock.set(pay_by - timedelta(minutes=9))
    assert Calendar(ZoneInfo("Asia/Shanghai")).time_of(world.clock.now()) > time(21, 50)
    await world.round("number_events", "remind_to_pay", "remind_to_pay")
    await world.does(lambda order: pay(order, world.clock.now()), which=2)
    await world.round()
    world.clock.advance(minutes=20)
    await world.round("remind_to_pay")

    told = [one for one in await world.inbox() if one.cause == "order.pay_soon"]
    assert len(told) == 2 and "22:00" in told[0].text
    assert [one.parameters["order"][-1] for one in world.sms.delivered if one.template == "order.pay_soon"] == ["1"]
    assert [reason for cause, state, reason in await world.states() if state is SendingState.LEFT_OUT] == ["no_longer"]


# ---- text messages ------------------------------------------------------------------------------------------------------


async def test_a_text_message_that_was_surely_not_sent_is_sent_later_and_given_up_after_a_day(world: World) -> None:
    """MSG-R6."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay)
    world.sms.moods = [SmsNotSent(), SmsRejected(why=SmsRejection.THROTTLED)]
    await world.round()
    assert await world.states() == [("order.paid", SendingState.WAITING, "not_reached")]
    world.clock.advance(seconds=10)
    await world.round()
    assert await world.states() == [("order.paid", SendingState.WAITING, "throttled")]
    world.clock.advance(minutes=1)
    await world.round()
    assert [one.state for one in await world.sendings()] == [SendingState.SENT]
    assert len(world.sms.delivered) == 1

    world.sms.moods = [SmsNotSent()] * 99
    await world.does(placed(a_line(1, 1), which=2))
    await world.does(pay, which=2)
    for _ in range(96):
        world.clock.advance(minutes=30)
        await world.round("number_events", "tell_messages", "send_messages")
    assert [one.state for one in await world.sendings()] == [SendingState.SENT, SendingState.LEFT_OUT]
    assert len(world.sms.delivered) == 1


async def test_a_number_that_is_refused_is_not_tried_again(world: World) -> None:
    """MSG-R6."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay)
    world.sms.moods = [SmsRejected(why=SmsRejection.BAD_NUMBER)]
    for _ in range(3):
        await world.round()
        world.clock.advance(minutes=30)

    assert await world.states() == [("order.paid", SendingState.REFUSED, "bad_number")]
    assert await world.causes() == ["order.paid"]


@pytest.mark.parametrize(("reason", "times"), [("came", 1), ("lost", 1)])
async def test_when_nobody_knows_whether_it_was_sent_the_provider_is_asked(world: World, reason: str, times: int) -> None:
    """MSG-R6: it goes out again only if the provider surely never had it."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay)
    world.sms.moods = [SmsOutcomeUnknown(reason=reason)]
    await world.round()
    assert await world.states() == [("order.paid", SendingState.ASKING, "no_answer")]
    for _ in range(3):
        world.clock.advance(minutes=1)
        await world.round()

    assert [one.state for one in await world.sendings()] == [SendingState.SENT]
    assert (len(world.sms.delivered), len(world.sms.asked)) == (times, 1)


async def test_what_nobody_can_tell_is_never_sent_again(world: World) -> None:
    """MSG-R6: asked about a few times, then it is said that nobody knows."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay)
    world.sms.moods, world.sms.answers_questions = [SmsOutcomeUnknown(reason="came")], False
    for _ in range(20):
        await world.round()
        world.clock.advance(minutes=10)

    assert await world.states() == [("order.paid", SendingState.UNKNOWN, "no_answer")]
    assert (len(world.sms.delivered), len(world.sms.asked)) == (1, 5)


class Killed(BaseException):
    """The process is gone; nothing after this line is done."""


async def test_whoever_dies_after_sending_leaves_it_to_be_asked_about(world: World) -> None:
    """MSG-R6, R15: the message is not sent twice."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay)

    def dies() -> None:
        world.sms.at_send = None
        raise Killed

    world.sms.at_send = dies
    with pytest.raises(Killed):
        await world.round()
    await world.round()
    assert [one.state for one in await world.sendings()] == [SendingState.UNDER_WAY]
    world.clock.advance(LEASE)
    await world.round()

    assert [one.state for one in await world.sendings()] == [SendingState.SENT]
    assert (len(world.sms.delivered), len(world.sms.asked)) == (1, 1)


async def test_who_has_no_phone_or_is_banned_has_an_inbox_all_the_same(quick: World) -> None:
    """MSG-R6."""
    await quick.joins(phone=None)
    await quick.does(placed(a_line(1, 1)), pay)
    await quick.round()

    assert await quick.states() == [("order.paid", SendingState.LEFT_OUT, "no_phone")]
    assert await quick.causes() == ["order.paid"]


async def test_a_shop_that_was_away_for_days_sends_no_old_news(quick: World) -> None:
    """MSG-R6: the inbox has them."""
    await quick.joins()
    await quick.does(placed(a_line(1, 1)), pay)
    quick.clock.advance(GIVES_UP_AFTER)
    await quick.round()

    assert await quick.states() == [("order.paid", SendingState.LEFT_OUT, "too_late")]
    assert await quick.causes() == ["order.paid"] and not quick.sms.delivered


# ---- how somebody wants to be told --------------------------------------------------------------------------------------


async def test_quiet_hours_are_kept_by_all_that_can_wait(quick: World) -> None:
    """MSG-R7: by the clock of the shop; the inbox has it at once."""
    await quick.joins()
    quick.clock.set(datetime(2026, 6, 1, 14, 30, tzinfo=UTC))  # half past ten in Shanghai
    await quick.does(placed(a_line(1, 1), at=quick.clock.now()), lambda order: pay(order, quick.clock.now()))
    await quick.round()
    assert await quick.causes() == ["order.paid"] and not quick.sms.delivered
    quick.clock.set(datetime(2026, 6, 1, 23, 59, tzinfo=UTC))
    await quick.round()
    assert not quick.sms.delivered
    quick.clock.set(datetime(2026, 6, 2, 0, 0, tzinfo=UTC))
    await quick.round()

    assert [one.template for one in quick.sms.delivered] == ["order.paid"]


@pytest.mark.parametrize(("chosen", "sent_at"), [("21:00-06:30", time(6, 30)), ("00:00-00:00", time(23, 0)), ("", time(8, 0))])
async def test_a_member_has_quiet_hours_of_their_own(quick: World, chosen: str, sent_at: time) -> None:
    """MSG-R7: instead of the shop's, which are from ten to eight; none where they want none."""
    await quick.joins()
    await quick.retail.messages.change_settings(ChangeMessageSettings(member_id=ALICE, quiet_hours=chosen))
    shown = await quick.retail.messages.settings(ALICE)
    quick.clock.set(datetime(2026, 6, 1, 15, 0, tzinfo=UTC))  # eleven at night
    await quick.does(placed(a_line(1, 1), at=quick.clock.now()), lambda order: pay(order, quick.clock.now()))
    await quick.round()
    for _ in range(40):
        if quick.sms.delivered:
            break
        quick.clock.advance(minutes=30)
        await quick.round()

    assert (shown.quiet_hours, shown.shop_quiet_hours) == (chosen, "22:00-08:00")
    assert [one.template for one in quick.sms.delivered] == ["order.paid"]
    assert Calendar(ZoneInfo("Asia/Shanghai")).time_of(quick.clock.now()) == sent_at


@pytest.mark.parametrize("wrong", ["22:00", "24:00-08:00", "22-8", "never"])
async def test_quiet_hours_that_are_none_change_nothing(quick: World, wrong: str) -> None:
    """MSG-R7: the refusal names the field."""
    kept = "23:00-07:00"
    await quick.retail.messages.change_settings(ChangeMessageSettings(member_id=ALICE, quiet_hours=kept))
    with pytest.raises(InvalidInput) as refused:
        await quick.retail.messages.change_settings(
            ChangeMessageSettings(member_id=ALICE, language=Language.EN, quiet_hours=wrong)
        )
    assert [(one.field, one.rule) for one in refused.value.problems] == [("quiet_hours", "hours")]
    shown = await quick.retail.messages.settings(ALICE)
    assert (shown.quiet_hours, shown.language) == (kept, Language.ZH_CN)


async def test_who_mutes_a_kind_gets_no_text_messages_of_it_and_their_own_language(world: World) -> None:
    """MSG-R4."""
    await world.joins()
    change = ChangeMessageSettings(member_id=ALICE, language=Language.EN, muted=("sms:service",))
    await world.retail.messages.change_settings(change)
    await world.does(placed(a_line(1, 1)), pay)
    await world.round()

    assert await world.states() == [("order.paid", SendingState.LEFT_OUT, "muted")]
    assert [one.title for one in await world.inbox()] == ["Paid"]
    for muted in (("inbox:service",), ("sms:nothing",), ("sms:service",) * 9):
        with pytest.raises(InvalidInput):
            await world.retail.messages.change_settings(ChangeMessageSettings(member_id=ALICE, muted=muted))
    assert (await world.retail.messages.settings(ALICE)).muted == ("sms:service",)


async def test_nobody_is_advertised_to_without_consent_and_each_message_has_a_way_out(world: World) -> None:
    """MSG-R3."""
    await world.joins()
    await world.does(placed(a_line(1, 1)), pay, ship(), sign)
    await world.agrees()
    await world.retail.messages.decide_marketing(DecideMarketing(member_id=ALICE, given=False))
    await world.does(complete)
    await world.round()
    assert "order.tell_others" not in await world.causes()

    await world.agrees()
    for which in (2, 3):
        await world.does(placed(a_line(1, 1), which=which))
        await world.does(pay, ship(number=which), sign, complete, which=which)
    await world.round("number_events", "tell_messages")
    told = [one for one in await world.inbox() if one.cause == "order.tell_others"]
    assert len(told) == 2 and told[0].way_out is not None
    assert {one.way_out for one in await world.inbox() if one.cause != "order.tell_others"} == {None}
    world.clock.advance(minutes=11)
    await world.round()
    ads = [one for one in world.sms.delivered if one.template == "order.tell_others"]
    assert [one.purpose for one in ads] == [SmsPurpose.MARKETING] * 2
    assert {one.parameters["way_out"] for one in ads} == {told[0].way_out}

    for wrong in ("", "x" * 40, told[0].way_out[:-1] + ("A" if told[0].way_out[-1] != "A" else "B")):
        with pytest.raises(WayOutUnknown):
            await world.retail.messages.leave_marketing(LeaveMarketing(way_out=wrong))
    assert (await world.retail.messages.settings(ALICE)).marketing
    for _ in range(2):
        await world.retail.messages.leave_marketing(LeaveMarketing(way_out=told[0].way_out))
    settings = await world.retail.messages.settings(ALICE)
    assert (settings.marketing, settings.marketing_said_at) == (False, world.clock.now())


async def test_advertising_that_waits_is_not_sent_when_its_reader_no_longer_agrees(quick: World) -> None:
    """MSG-R3: the last word counts when it goes out, not when it was written."""
    await quick.joins()
    await quick.agrees()
    await quick.does(placed(a_line(1, 1)), pay, ship(), sign, complete)
    await quick.round("number_events", "tell_messages")
    await quick.retail.messages.decide_marketing(DecideMarketing(member_id=ALICE, given=False))
    await quick.round("send_messages")

    assert ("order.tell_others", SendingState.LEFT_OUT, "no_consent") in await quick.states()


async def test_who_agrees_names_the_terms_that_are_todays(quick: World) -> None:
    """MSG-R3."""
    with pytest.raises(InvalidInput):
        await quick.retail.messages.decide_marketing(DecideMarketing(member_id=ALICE, given=True, terms_version="1999-01"))
    assert not (await quick.retail.messages.settings(ALICE)).marketing


# ---- staff --------------------------------------------------------------------------------------------------------------


async def test_staff_are_told_by_what_they_may_do_and_all_together_by_their_robot(world: World) -> None:
    """MSG-R1: a refund that is stuck concerns whoever may pay back."""
    ids = {}
    for role in Role:
        wish = AddStaff(login=role.value, password="correct horse", name=role.value, roles=(role,), actor=TESTS)
        ids[role] = StaffId((await world.retail.accounts.add_staff(wish)).staff_id)
    await world.joins()
    await world.does(placed(a_line()))
    started = a_payment()
    paid = Change(None, started).then(lambda one: one.hear(says(one), Standing.AWAITS_PAYMENT, at=NOON))
    reserved = paid.then(lambda one: one.reserve_refund(500))
    payment = reserved.state
    await world.saves("payments", reserved)
    await world.saves("refunds", a_refund(payment, 500).then(lambda one: one.stuck("no such account", at=NOON)))
    await world.round()

    for role, wanted in ((Role.CLERK, []), (Role.FINANCE, ["staff.refund_stuck"]), (Role.ADMIN, ["staff.refund_stuck"])):
        assert await world.causes(Recipient.staff(ids[role])) == wanted
    assert await world.causes() == ["refund.under_way", "refund.stuck"]
    assert [one.cause for one in world.robot.heard] == ["staff.refund_stuck"]
    assert await world.causes(TEAM) == ["staff.refund_stuck"]


async def test_parked_deliveries_and_a_backlog_are_told_once(world: World) -> None:
    """MSG-R1: however many workers look, and however long it lasts; after hours once more."""
    await world.retail.accounts.add_staff(
        AddStaff(login="admin", password="correct horse", name="a", roles=(Role.ADMIN,), actor=TESTS)
    )
    await world.does(placed(a_line(1, 1)), pay)
    world.clock.advance(LATE)
    for _ in range(3):
        await world.round(*EVERYTHING)
        world.clock.advance(LOOKS_EVERY)
    assert [one.cause for one in world.robot.heard] == ["staff.backlog"]
    assert world.robot.heard[0].parameters["minutes"] == "10"

    world.trouble.append(ValueError("no"))
    for _ in range(12):
        while await world.retail.background.deliver_next():
            continue
        world.clock.advance(minutes=11)
    assert [one.parked_at is None for one in (await world.retail.background.outbox.open(PageRequest(9))).items] == [False]
    for _ in range(3):
        await world.round(*EVERYTHING)
        world.clock.advance(LOOKS_EVERY)
    assert [one.cause for one in world.robot.heard] == ["staff.backlog", "staff.delivery_parked"]
    assert world.robot.heard[1].parameters["reaction"] == "tests.react"


async def test_a_robot_that_does_not_answer_is_called_again(quick: World) -> None:
    """MSG-R6: staff would rather read it twice than never."""
    quick.robot.answer = SendAnswer(SendResult.UNKNOWN, "time")
    await quick.does(placed(a_line(1, 1)), pay)
    quick.clock.advance(LATE)
    await quick.round(*EVERYTHING)
    quick.robot.answer = TAKEN
    quick.clock.advance(minutes=1)
    await quick.round(*EVERYTHING)

    assert [one.cause for one in quick.robot.heard] == ["staff.backlog"] * 2
    assert [one.state for one in await quick.sendings() if one.channel == "robot"] == [SendingState.SENT]


async def test_messages_go_after_half_a_year(quick: World) -> None:
    """R40."""
    await quick.joins()
    await quick.does(placed(a_line(1, 1)), pay)
    await quick.round()
    quick.clock.advance(KEPT + MINUTE)
    await quick.retail.background.timers["sweep"]()

    assert await quick.inbox() == [] and await quick.sendings() == []
