"""Everything that anybody is told can be said, in each language, and is one closed list (MSG-R1)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import astuple

from retail_domain.accounts.model.staff import Permission
from retail_domain.contexts import CONTEXTS, every_cause, every_event, of_each
from retail_domain.kernel.causes import Cause, CauseKind, CauseWords, Language, Whom
from retail_domain.messages import Causes
from retail_domain.ordering import OrderPaid
from retail_domain.processes.worker.causes import our_causes
from tests.support.chinese import latin_marks

ALL = our_causes().all
WORDS = {one: CauseWords("Title", "Order {order}") for one in Language}


def test_each_context_names_its_own_and_no_two_have_one_code() -> None:
    """MSG-R1: what a worker notices by itself has a list too; a cause is raised by an event of its own context."""
    named = {
        name: {cause.code for cause in getattr(context, "CAUSES", ())}
        for name, context in of_each("retail_domain", CONTEXTS).items()
    }
    speaking = {"coupons", "inventory", "ordering", "payments", "reviews", "tiers", "wallet"}
    assert {name for name, codes in named.items() if codes} == speaking
    noticed = {cause.code for cause in ALL} - {cause.code for cause in every_cause()}
    assert noticed == {"staff.delivery_parked", "staff.backlog", "staff.provider_down"}
    with pytest.raises(ValueError):
        Causes.of(ALL, ALL[:1])
    for name, context in of_each("retail_domain", CONTEXTS).items():
        assert {cause.event for cause in getattr(context, "CAUSES", ())} - {None} <= set(context.EVENTS), name


@pytest.mark.parametrize("cause", ALL, ids=lambda one: one.code)
def test_it_can_be_said_in_every_language_of_what_its_event_tells(cause: Cause) -> None:
    """MSG-R1: nothing is left in braces, and nothing is filled in that its event does not have."""
    filled = {name: f"<{name}>" for name in cause.filled_names}
    for language in Language:
        title, text = cause.said(language, filled)
        _, several = cause.said(language, filled, 3)
        assert title and text and not {"{", "}"} & {*title, *text, *several}
        assert bool(cause.bundle_seconds) == ("3" in several and several != text)
    words = cause.words[Language.ZH_CN]
    assert [mark for said in astuple(words) if isinstance(said, str) for mark in latin_marks(said)] == []
    if cause.event is not None:
        fields = {one.name for one in cause.event.__attrs_attrs__}  # type: ignore[attr-defined]
        assert cause.about in fields and (cause.whom is not Whom.MEMBER or "member_id" in fields)
        assert cause.event in every_event()


def test_staff_are_told_by_permissions_that_there_are_and_nobody_is_woken_for_money() -> None:
    """MSG-R7: only what ends before the morning wakes anybody."""
    assert {one.permission for one in ALL if one.whom is Whom.STAFF} <= {one.value for one in Permission}
    assert [one.code for one in ALL if one.wakes] == ["order.pay_soon"]
    assert [one.code for one in ALL if one.kind is CauseKind.MARKETING] == ["order.tell_others"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "Paid"},
        {"words": {Language.EN: WORDS[Language.EN]}},
        {"words": {one: CauseWords("Title", "Order {nothing}") for one in Language}},
        {"words": {one: CauseWords("Title", "Order {order.id}") for one in Language}},
        {"words": {one: CauseWords("Title", "Order {order!r}") for one in Language}},
        {"words": {one: CauseWords("Title", "Order {}") for one in Language}},
        {"words": {one: CauseWords("Title", "{{order}}") for one in Language}},
        {"whom": Whom.STAFF},
        {"permission": "stock.see"},
        {"kind": CauseKind.MARKETING, "wakes": True},
        {"kind": CauseKind.MARKETING, "whom": Whom.STAFF, "permission": "stock.see"},
        {"bundle_seconds": 5},
    ],
    ids=str,
)
def test_a_cause_that_cannot_be_is_refused_when_it_is_made(wrong: dict[str, Any]) -> None:
    """MSG-R1, R38: texts hold plain names, so that what is filled in is never looked into."""
    given: dict[str, Any] = {"code": "order.paid", "event": OrderPaid, "words": WORDS}
    assert Cause(**given)
    with pytest.raises(ValueError):
        Cause(**{**given, **wrong})


def test_what_is_filled_in_is_not_looked_into() -> None:
    """R38."""
    cause = Cause(code="order.paid", event=OrderPaid, words=WORDS)

    assert cause.said(Language.EN, {"order": "{order.__class__} {0}"}) == ("Title", "Order {order.__class__} {0}")
