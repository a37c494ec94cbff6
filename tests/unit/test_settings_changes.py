"""What is set at a moment follows from all changes: planned, taken back, of clocks that differ (SET-R1 to SET-R5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.settings import declared_in
from retail_domain.contexts import every_setting
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.settings import InForce, TextSetting, WholeSetting
from retail_domain.ordering.settings import PAY_SECONDS
from retail_domain.pricing.settings import REGIONS_NOT_SERVED, is_served, limits_under
from retail_domain.settings import NO_CHANGES, Declared, SettingsNotTakenBack, Timetable
from retail_domain.testing.goods import NOON
from tests.support.chinese import latin_marks

ADMIN: Final = Actor.system("the admin")
PAY: Final = PAY_SECONDS.name
MINUTE: Final = timedelta(minutes=1)


def after(known: Timetable, at: datetime = NOON, since: datetime | None = None, **values: Any) -> Timetable:
    """One change more; `area__name=value`."""
    told = {name.replace("__", "."): value for name, value in values.items()}
    made = known.changed(told, actor=ADMIN, reason="because", at=at, effective_at=since)
    return known if made is None else Timetable((*known.changes, made.state))


def without(known: Timetable, number: int, at: datetime = NOON) -> Timetable:
    """A step back."""
    made = known.taken_back(number, actor=ADMIN, reason="because", at=at)
    return known if made is None else Timetable((*known.changes, made.state))


def pay(known: Timetable, at: datetime = NOON) -> object:
    return known.at(at).values.get(PAY)


def test_a_change_counts_from_its_moment_on_and_what_is_planned_needs_nobody() -> None:
    """SET-R3"""
    known = after(NO_CHANGES, orders__pay_seconds=600, shop__name="Tea")
    known = after(known, since=NOON + MINUTE, orders__pay_seconds=900)
    known = after(known, since=NOON + 2 * MINUTE, orders__pay_seconds=None)

    assert [pay(known, NOON + by) for by in (-MINUTE, 0 * MINUTE, MINUTE, 2 * MINUTE)] == [600, 600, 900, None]
    assert known.at(NOON + 2 * MINUTE).values == {"shop.name": "Tea"}
    assert known.at(NOON) is known.at(NOON + MINUTE / 2)  # of one moment, and read once
    assert [one.number for one in known.planned(NOON)] == [2, 3]


@given(
    st.lists(st.tuples(st.sampled_from(["a.a", "b.b"]), st.sampled_from([None, 1, 2]), st.integers(0, 4), st.booleans())),
)
def test_what_is_set_is_what_a_naive_diary_says(steps: list[tuple[str, int | None, int, bool]]) -> None:
    """SET-R3, SET-R5: entered minute by minute, the later entry over the earlier one, without those that were struck out."""
    known, diary = NO_CHANGES, dict[int, tuple[datetime, str, int | None]]()
    for minute, (name, value, ahead, is_back) in enumerate(steps):
        at = NOON + minute * MINUTE
        if is_back and known.newest:
            try:
                known = without(known, known.newest, at)
            except SettingsNotTakenBack:
                continue
            diary.pop(known.changes[-1].takes_back or 0, None)
        else:
            longer = after(known, at, at + ahead * MINUTE, **{name.replace(".", "__"): value})
            if longer is not known:
                diary[longer.newest] = (at + ahead * MINUTE, name, value)
            known = longer
    end = NOON + len(steps) * MINUTE
    for moment in (end + by * MINUTE for by in range(6)):
        entries = sorted((since, number, name, value) for number, (since, name, value) in diary.items() if since <= moment)
        told = {name: value for _, _, name, value in entries}
        assert known.at(moment).values == {name: value for name, value in told.items() if value is not None}


def test_a_process_whose_clock_is_behind_still_has_the_last_word() -> None:
    """SET-R3: of two changes the second counts, whoever made it."""
    known = after(NO_CHANGES, NOON, orders__pay_seconds=600)
    known = after(known, NOON - MINUTE, orders__pay_seconds=900)

    assert pay(known, NOON - MINUTE) == pay(known, NOON) == 900, "at once is at once, also where it is earlier"
    assert [one.at for one in known.changes] == [NOON, NOON]


def test_a_change_that_makes_nothing_different_is_none() -> None:
    """SET-R2: unless something is planned that it is against."""
    known = after(NO_CHANGES, orders__pay_seconds=600)

    assert after(known, orders__pay_seconds=600) is known
    assert after(known, shop__name=None) is known
    planned = after(known, since=NOON + MINUTE, orders__pay_seconds=900)
    assert after(planned, since=NOON + MINUTE, orders__pay_seconds=900) is planned
    assert pay(after(planned, since=NOON + 2 * MINUTE, orders__pay_seconds=600), NOON + 3 * MINUTE) == 600


def test_one_step_back_and_not_two() -> None:
    """SET-R5: what was before counts again; the same step again changes nothing."""
    known = after(after(NO_CHANGES, orders__pay_seconds=600, shop__name="Tea"), orders__pay_seconds=900, shop__name="Cups")
    back = without(known, 2, NOON + MINUTE)

    assert back.at(NOON + MINUTE).values == {PAY: 600, "shop.name": "Tea"}
    assert without(back, 2) is back
    for number in (1, 3, 0, 9):
        with pytest.raises(SettingsNotTakenBack):
            without(back, number, NOON + MINUTE)
    with pytest.raises(SettingsNotTakenBack):
        without(known, 1)


def test_what_is_planned_is_taken_back_at_any_time_and_is_no_step() -> None:
    """SET-R5"""
    known = after(NO_CHANGES, orders__pay_seconds=600)
    known = after(known, since=NOON + MINUTE, orders__pay_seconds=700)
    known = after(known, orders__pay_seconds=800)
    known = without(known, 2)

    assert pay(known, NOON + 9 * MINUTE) == 800
    assert pay(without(known, 3, NOON + 9 * MINUTE), NOON + 9 * MINUTE) == 600


@pytest.mark.parametrize(
    ("since", "reason", "field", "rule"),
    [
        (NOON - MINUTE, "because", "effective_at", "past"),
        (NOON + timedelta(days=367), "because", "effective_at", "far_ahead"),
        (None, " ", "reason", "required"),
        (None, "x" * 201, "reason", "too_long"),
        (None, "two\nlines", "reason", "unprintable"),
    ],
)
def test_a_change_has_a_reason_and_a_moment_that_is_to_come(since: datetime | None, reason: str, field: str, rule: str) -> None:
    """SET-R2"""
    with pytest.raises(InvalidInput) as refused:
        NO_CHANGES.changed({PAY: 600}, actor=ADMIN, reason=reason, at=NOON, effective_at=since)

    assert [(one.field, one.rule) for one in refused.value.problems] == [(field, rule)]


DECLARED: Final = declared_in(Policies.made(currency="CNY", limits=Limits(lines_max=20)))


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({}, [("values", "required")]),
        ({"orders.pay_second": 60}, [("values.orders.pay_second", "unknown")]),
        ({PAY: 59}, [(f"values.{PAY}", "range")]),
        ({PAY: True}, [(f"values.{PAY}", "type")]),
        ({PAY: "600"}, [(f"values.{PAY}", "type")]),
        ({"baskets.lines_max": 21}, [("values.baskets.lines_max", "range")]),
        ({"shop.name": 7}, [("values.shop.name", "type")]),
        ({"shop.name": "x" * 61}, [("values.shop.name", "too_long")]),
        ({"shop.name": "a\u202eb"}, [("values.shop.name", "direction")]),
        ({"shop.terms_url": "javascript:alert(1)"}, [("values.shop.terms_url", "address")]),
        ({"delivery.regions_not_served": "54"}, [("values.delivery.regions_not_served", "type")]),
        ({"delivery.regions_not_served": ["54", ""]}, [("values.delivery.regions_not_served[1]", "region")]),
        ({"delivery.regions_not_served": ["54"] * 501}, [("values.delivery.regions_not_served", "too_many")]),
        ({PAY: 1, "shop.name": [], "no.such": 1},
         [("values.no.such", "unknown"), (f"values.{PAY}", "range"), ("values.shop.name", "type")]),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_named_all_of_it_at_once(values: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    """SET-R1: by setting and rule; what only lowers is bounded by what the operator allows."""
    with pytest.raises(InvalidInput) as refused:
        DECLARED.read(values)

    assert [(one.field, one.rule) for one in refused.value.problems] == problems


def test_values_are_kept_in_one_spelling() -> None:
    """SET-R1, GEN-R23"""
    read = DECLARED.read(
        {"shop.name": "  Tea ", "delivery.regions_not_served": ["65", "54", "65"], PAY: None, "shop.terms_url": ""}
    )

    assert read == {"shop.name": "Tea", "delivery.regions_not_served": ["54", "65"], PAY: None, "shop.terms_url": ""}


@pytest.mark.parametrize("setting", every_setting(), ids=lambda one: one.name)
def test_every_setting_says_what_it_changes_and_takes_what_is_usual(setting: Any) -> None:
    """SET-R1: in two languages; what is usual is a value that could be set."""
    ours = DECLARED.by_name[setting.name]
    usual = DECLARED.usual[setting.name]

    assert setting.says.endswith(".") and setting.says_zh.endswith("。") and any(one >= "\u4e00" for one in setting.says_zh)
    assert latin_marks(setting.says_zh) == []
    assert ours.read(ours.written(usual), "x") == usual


def test_settings_that_do_not_fit_together_are_no_shop() -> None:
    """SET-R1"""
    one = TextSetting(name="a.b", says="x", says_zh="x")
    for settings, usual in (((one, one), {"a.b": ""}), ((one,), {}), ((one,), {"a.b": "", "a.c": ""})):
        with pytest.raises(ValueError, match="a name of its own"):
            Declared(settings, usual)
    for name in ("pay", "a.b.c", "A.b", "a b.c"):
        with pytest.raises(ValueError, match=r"area\.name"):
            TextSetting(name=name, says="x", says_zh="x")


def test_a_stored_value_that_is_beyond_todays_bounds_is_worth_what_is_usual_and_is_said() -> None:
    """SET-R7"""
    narrow = WholeSetting(name="a.b", least=1, most=5, says="x", says_zh="x")
    then = InForce(1, {"a.b": 9})

    assert (then.of(narrow, 3), then.is_readable(narrow)) == (3, False)
    assert (InForce(1, {"a.b": 4}).of(narrow, 3), InForce(1, {"a.b": 4}).is_readable(narrow)) == (4, True)
    assert InForce().is_readable(narrow)


def test_limits_never_go_beyond_what_the_operator_allows() -> None:
    """SET-R1: also when he allows less than what was set before."""
    then = InForce(1, {"baskets.lines_max": 50, "baskets.quantity_max": 5})

    assert limits_under(then, Limits(lines_max=20, quantity_max=100)) == Limits(lines_max=20, quantity_max=5)


@pytest.mark.parametrize(("region", "served"), [("540102", False), ("650000", True), ("440305", False), ("440304", True)])
def test_regions_are_known_by_their_leading_digits(region: str, served: bool) -> None:
    """SET-R6"""
    assert is_served(InForce(1, {REGIONS_NOT_SERVED.name: ["54", "440305"]}), region) is served
    assert is_served(InForce(), region)
