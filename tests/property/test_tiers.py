"""Ladders and standings: more never gives less, nobody falls untold, looking twice changes nothing (LVL-I1 to LVL-I5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import InvalidInput
from retail_domain.testing.goods import member_id
from retail_domain.tiers import (
    LADDER,
    Benefits,
    Grant,
    GrantTier,
    Judge,
    Ladder,
    Metric,
    Metrics,
    NoTierGranted,
    TakeTierAway,
    Tier,
    TierFallsSoon,
    TierFell,
    TierNotOnLadder,
    TierRose,
    TierStanding,
    Together,
    evaluated,
    granted,
    held_by,
    taken_away,
)

ALICE, NOON, UTC_DAYS = member_id(1), datetime(2026, 6, 1, 12, tzinfo=UTC), Calendar(UTC)
DAY = timedelta(days=1)
STAFF = Actor.system("clerk")


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """Whatever staff may set."""
    mode = draw(st.sampled_from(Together))
    tiers, net, orders = [Tier(code="t0", name="普通", name_en="Member")], 0, 0
    for place in range(1, draw(st.integers(1, 5))):
        more_net = draw(st.integers(0, 500))
        net, orders = net + more_net, orders + draw(st.integers(0 if more_net else 1, 5))
        needs = {metric: least for metric, least in ((Metric.NET_MINOR, net), (Metric.ORDERS, orders)) if least}
        benefits = Benefits(discount_bps=100 * place)
        names = {"name": f"第{place}级", "name_en": f"Tier {place}"}
        tiers.append(Tier(code=f"t{place}", together=mode, needs=needs, benefits=benefits, **names))
    return Ladder(
        tiers=tuple(tiers), window_months=draw(st.integers(0, 24)), retention_months=draw(st.integers(1, 24)),
        drop_max=draw(st.integers(1, 3)), notice_days=draw(st.integers(0, 60)),
    )  # fmt: skip


METRICS = st.builds(Metrics, net_minor=st.integers(0, 2_500), orders=st.integers(0, 25))


@given(ladders())
def test_a_ladder_is_kept_as_it_was_set(ladder: Ladder) -> None:
    """LVL-R9, SET-R1: written and read again it is the same."""
    assert LADDER.read(LADDER.written(ladder), "tiers.ladder") == ladder


@given(ladders(), METRICS, st.integers(0, 500), st.integers(0, 5))
def test_more_never_gives_less(ladder: Ladder, metrics: Metrics, net: int, orders: int) -> None:
    """LVL-I1, LVL-R4: and what is earned is the highest that is reached."""
    more = Metrics(net_minor=metrics.net_minor + net, orders=metrics.orders + orders)

    assert ladder.earned(more) >= ladder.earned(metrics)
    assert not any(tier.is_reached(metrics) for tier in ladder.tiers[ladder.earned(metrics) + 1 :])


@given(ladders(), st.lists(st.tuples(METRICS, st.integers(0, 400)), max_size=12))
def test_standings_follow_the_rules_whatever_somebody_comes_to(ladder: Ladder, course: list[tuple[Metrics, int]]) -> None:
    """LVL-I2, LVL-I4, LVL-I5, LVL-R5: compared after every look with what the rules say of it."""
    at, standing = NOON, None
    warned_until: datetime | None = None
    for metrics, days in course:
        at += days * DAY
        before = standing
        place = before.place_on(ladder) if before is not None else 0
        change = evaluated(before, ALICE, metrics, Judge(ladder, at, UTC_DAYS))
        standing = change.state if change is not None else before
        events = change.events if change is not None else ()
        now = standing.place_on(ladder) if standing is not None else 0

        assert standing is None or evaluated(standing, ALICE, metrics, Judge(ladder, at, UTC_DAYS)) is None
        assert now >= ladder.earned(metrics) or now >= place - ladder.drop_max
        if now < place:
            assert before is not None and at >= before.keep_until and ladder.earned(metrics) < place
            assert not ladder.notice_days or warned_until == before.keep_until  # nobody falls untold
            assert [type(event) for event in events if not isinstance(event, TierFallsSoon)] == [TierFell]
        elif now > place:
            assert now == ladder.earned(metrics) and isinstance(events[0], TierRose)
        for event in events:
            if isinstance(event, TierFallsSoon):
                assert standing is not None
                warned_until = standing.keep_until


@given(ladders(), METRICS, st.integers(0, 30), st.integers(0, 10))
def test_a_grant_raises_and_never_lowers_and_is_over_by_itself(ladder: Ladder, metrics: Metrics, days: int, place: int) -> None:
    """LVL-R6: the higher of what is earned and what is granted counts, and after its end what is earned."""
    place = min(place, len(ladder.tiers) - 1)
    first = evaluated(None, ALICE, metrics, Judge(ladder, NOON, UTC_DAYS))
    standing = first.state if first is not None else None
    until = NOON + days * DAY + timedelta(seconds=1)
    wish = GrantTier(actor=STAFF, member_id=ALICE, tier=ladder.tiers[place].code, until=until, reason="a friend")

    made = granted(standing, wish, ladder, NOON)
    assert made is not None and granted(made.state, wish, ladder, NOON) is None  # once more changes nothing
    given_ = made.state

    earned = ladder.earned(metrics)
    assert held_by(given_, ladder, NOON) == ladder.tiers[max(earned, place)]
    assert held_by(given_, ladder, until) == ladder.tiers[earned]  # whether anybody looked or not
    after = evaluated(given_, ALICE, metrics, Judge(ladder, until, UTC_DAYS))
    assert after is not None and after.state.grant is None
    assert [type(one) for one in after.events if not isinstance(one, TierFallsSoon)] == [TierFell] * (place > earned)
    assert held_by(taken_away(given_, _back(), ladder, NOON).state, ladder, NOON) == ladder.tiers[earned]


def _back() -> TakeTierAway:
    return TakeTierAway(actor=STAFF, member_id=ALICE, reason="not any more")


def test_a_tier_that_is_gone_counts_as_the_one_that_stands_where_it_stood() -> None:
    """LVL-R9: a new ladder moves nobody by surprise."""
    tiers = tuple(
        Tier(code=code, name=code, name_en=code, needs={Metric.ORDERS: place} if place else {})
        for place, code in enumerate(("a", "b", "c"))
    )
    standing = TierStanding(member_id=ALICE, tier="c", place=2, since=NOON, keep_until=NOON + DAY)

    assert held_by(standing, Ladder(tiers=tiers), NOON).code == "c"
    assert held_by(standing, Ladder(tiers=(*tiers[:2], evolve(tiers[2], code="d"))), NOON).code == "d"
    assert held_by(standing, Ladder(tiers=tiers[:2]), NOON).code == "b"
    assert held_by(None, Ladder(tiers=tiers), NOON).code == "a"
    moved = evolve(standing, grant=Grant(tier="x", place=1, until=NOON + DAY, reason="r"))
    assert held_by(moved, Ladder(tiers=tiers), NOON).code == "c"


TWO: Mapping[str, Any] = {
    "tiers": [
        {"code": "plain", "name": "普通", "name_en": "Member"},
        {"code": "gold", "name": "黄金卡", "name_en": "Gold", "needs": {"net_minor": 100_000, "orders": 3}},
    ]
}


def _with(place: int, **more: Any) -> Mapping[str, Any]:
    tiers = [dict(one) for one in TWO["tiers"]]
    tiers[place] |= more
    return {"tiers": tiers}


def _and(**more: Any) -> Mapping[str, Any]:
    return {"tiers": [*TWO["tiers"], {**TWO["tiers"][1], "code": "next", **more}]}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "tiers"), ({"tiers": []}, "tiers"), ({**TWO, "drop": 1}, "drop"), ({**TWO, "window_months": 121}, "window_months"),
        ({"tiers": TWO["tiers"] * 11}, "tiers"), (_with(1, code="plain"), "tiers[1].code"),
        (_with(1, code="Gold"), "tiers[1].code"),
        (_with(0, needs={"orders": 1}), "tiers[0].needs"), (_with(1, needs={}), "tiers[1].needs"),
        (_with(1, needs={"stars": 1}), "tiers[1].needs.stars"), (_with(1, needs={"orders": -1}), "tiers[1].needs.orders"),
        (_with(1, benefits={"discount_bps": 10_001}), "tiers[1].benefits.discount_bps"),
        (_with(1, benefits={"has_agent": "yes"}), "tiers[1].benefits.has_agent"), (_with(1, name=""), "tiers[1].name"),
        (_with(1, mode="some"), "tiers[1].mode"), ({"tiers": [1]}, "tiers[0]"), (_with(1, colour="red"), "tiers[1].colour"),
        (_and(), "tiers[2].needs"), (_and(needs={"net_minor": 200_000}), "tiers[2].needs.orders"),
        (_and(mode="any", needs={"net_minor": 100_001, "orders": 3}), "tiers[2].mode"),
    ],
)  # fmt: skip
def test_what_is_no_ladder_is_refused_by_the_name_of_what_is_wrong(told: Mapping[str, Any], field: str) -> None:
    """LVL-R1, LVL-R2"""
    with pytest.raises(InvalidInput) as refused:
        LADDER.read(json.dumps(told), "values.tiers.ladder")

    assert [one.field for one in refused.value.problems] == [f"values.tiers.ladder.{field}"]


@pytest.mark.parametrize("told", ["", "[]", "{", 7, None, "x" * 20_001])
def test_what_is_no_text_of_a_ladder_is_refused(told: object) -> None:
    """LVL-R1"""
    with pytest.raises(InvalidInput):
        LADDER.read(told, "values.tiers.ladder")


def test_staff_grant_what_there_is_for_a_time_and_take_back_what_they_gave() -> None:
    """LVL-R6"""
    ladder = LADDER.read(json.dumps(TWO), "x")
    wish = GrantTier(actor=STAFF, member_id=ALICE, tier="gold", until=NOON + DAY, reason="why")

    with pytest.raises(TierNotOnLadder):
        granted(None, evolve(wish, tier="silver"), ladder, NOON)
    for until, reason in ((NOON, "why"), (NOON + 4_000 * DAY, "why"), (NOON + DAY, "")):
        with pytest.raises(InvalidInput):
            granted(None, evolve(wish, until=until, reason=reason), ladder, NOON)
    change = granted(None, wish, ladder, NOON)
    assert change is not None
    assert [(one.before, one.tier) for one in change.events if isinstance(one, TierRose)] == [("plain", "gold")]
    for standing, at in ((None, NOON), (change.state, NOON + DAY)):
        with pytest.raises(NoTierGranted):
            taken_away(standing, _back(), ladder, at)
