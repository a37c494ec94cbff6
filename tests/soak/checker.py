"""Judges a story: can it be told one act after the other, an aggregate at a time (R1, R5, R6, R8, R13, R14, R30, R31)?

A counter is read rightly when some order of the acts around the look gives what it saw; an order is read rightly when the
state seen existed between asking and being told. Every check is sound: what it reports no serial order can explain.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from tests.soak.history import END, Act, History, Step
from tests.soak.windows import Version, life_of

_PROVIDER_SLOW: Final = ("gateway.outcome_unknown", "gateway.not_sent")
"""The provider did not answer in time: it is asked again later (F5)."""

EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    "place": frozenset({"stock.sold_out", "order.too_many_open"}),
    "quote": frozenset({"quote.empty"}),
    "start": frozenset({"order.wrong_state", "order.closing", "payment.attempt_open", *_PROVIDER_SLOW}),
    "confirm": frozenset({"payment.not_open"}),
    "pay": frozenset(),
    "notice": frozenset(),
    "cancel": frozenset({"order.wrong_state"}),
    "close": frozenset({"order.wrong_state"}),
    "ship": frozenset({"order.wrong_state", "order.too_many_units"}),
    "refund": frozenset({"order.wrong_state", "order.too_many_units"}),
    "add": frozenset({"cart.not_enough"}),
    "guest": frozenset(),
    "fill": frozenset(),
}
"""What a client may be told, by what it asked; whatever else is unexplained."""

BUSY: Final = frozenset({"store.busy", "store.unavailable"})
"""The shop was too busy, said so, and did nothing (503 with Retry-After)."""


@frozen
class Effect:
    """A counter moved by so much, some time between `earliest` and `latest`."""

    earliest: float
    latest: float
    by: int


def violations(history: History) -> list[str]:
    """Everything in the story that cannot be explained."""
    lives = _lives(history)
    return [
        *_unexplained(history.acts),
        *(wrong for order, life in lives.items() for wrong in _wrong_life(order, life)),
        *_wrong_steps(history, lives),
        *_wrong_looks(history.acts, lives),
        *_wrong_shelves(history, lives),
        *_wrong_carts(history),
        *_wrong_money(history, lives),
    ]


def _lives(history: History) -> dict[str, list[Version]]:
    by_order: dict[str, list[Act]] = defaultdict(list)
    for act in history.acts:
        by_order[act.on].append(act)
    lives = {}
    for order, steps in history.ending.steps.items():
        placed = next((act for act in by_order[order] if act.verb == "place" and act.is_done), None)
        if placed is not None:
            lives[order] = life_of(placed, steps, by_order[order], placed.minor)
    return lives


def _unexplained(acts: Iterable[Act]) -> Iterator[str]:
    for act in acts:
        if act.code and act.code not in BUSY and act.code not in EXPECTED.get(act.verb, ()):
            yield f"R31: {act.verb} of {act.on} was told {act.code}"


# ---- orders ------------------------------------------------------------------------------------------------------------


def _wrong_life(order: str, life: Sequence[Version]) -> Iterator[str]:
    for number, version in enumerate(life, 1):
        if version.earliest > version.latest:
            yield f"R30: version {number} of order {order} follows one that was begun after it had ended"
    paid = sum(1 for version in life for step in version.steps if step.event == "order.paid")
    if paid > 1:
        yield f"R8: order {order} was paid {paid} times"
    ends = [step.to_status for version in life for step in version.steps]
    if "closed" in ends and any(end != "closed" for end in ends[ends.index("closed") :]):
        yield f"R13: order {order} went on after it was closed: {' '.join(ends)}"


def _wrong_steps(history: History, lives: Mapping[str, Sequence[Version]]) -> Iterator[str]:
    stepped: Counter[str] = Counter()
    for life in lives.values():
        stepped.update({step.actor for version in life for step in version.steps})
    placed = {act.on for act in history.acts if act.verb == "place" and act.is_done}
    for order in placed - lives.keys():
        yield f"R15: order {order} was acknowledged and is not there"
    for order in history.ending.steps.keys() - placed:
        yield f"R30: order {order} is there and nobody was told so"
    answered = {act.tag: act for act in history.acts if act.tag}
    for tag, act in answered.items():
        if act.code and stepped[tag]:
            yield f"R13: {act.verb} of order {act.on} was refused with {act.code} and yet has a step"
        if act.is_done and _leaves_a_step(act) and not stepped[tag]:
            yield f"R15: {act.verb} of order {act.on} was acknowledged and has no step"


def _leaves_a_step(act: Act) -> bool:
    """Cash for an order that is paid or closed already is recorded, and goes back: the order does not notice (R10)."""
    return act.verb in ("ship", "refund") or (act.verb == "confirm" and act.status == "applied")


def _wrong_looks(acts: Iterable[Act], lives: Mapping[str, Sequence[Version]]) -> Iterator[str]:
    for act in acts:
        if act.verb == "look" and act.is_done and act.on in lives and not _existed(act, lives[act.on]):
            shipped = sum(act.units.values())
            yield f"R30: order {act.on} was seen {act.status}, shipped {shipped}, paid {act.paid}, back {act.minor}"
        if act.verb in ("ship", "refund") and act.is_done and act.on in lives:
            yield from _wrong_answer(act, lives[act.on])


def _existed(act: Act, life: Sequence[Version]) -> bool:
    seen = (act.status, sum(act.units.values()), act.minor, act.paid)
    for number, version in enumerate(life):
        until = life[number + 1].latest if number + 1 < len(life) else END
        look = version.look
        is_like_it = seen == (look.status, look.shipped, look.refunded_minor, look.paid_minor)
        if is_like_it and version.earliest <= act.ended and until >= act.began:
            return True
    return False


def _wrong_answer(act: Act, life: Sequence[Version]) -> Iterator[str]:
    for version in life:
        if version.act is act and version.look.status != act.status:
            yield f"R30: {act.verb} of order {act.on} was told {act.status} and made it {version.look.status}"


# ---- counters ----------------------------------------------------------------------------------------------------------


def bounds(effects: Iterable[Effect], began: float, ended: float) -> tuple[int, int]:
    """The least and the most a counter that started at nothing can have shown between two moments."""
    least = most = 0
    for effect in effects:
        if effect.latest < began:
            least, most = least + effect.by, most + effect.by
        elif effect.earliest <= ended:
            least, most = least + min(0, effect.by), most + max(0, effect.by)
    return least, most


def _wrong_shelves(history: History, lives: Mapping[str, Sequence[Version]]) -> Iterator[str]:
    looks: dict[str, list[Act]] = defaultdict(list)
    for act in history.acts:
        if act.verb == "shelf" and act.is_done:
            looks[act.on].append(act)
        if act.verb == "place" and act.code == "stock.sold_out" and len(act.units) == 1:
            looks[next(iter(act.units))].append(act)
    for sku, shelf in history.ending.shelves.items():
        there, promised = _moves(sku, history.acts, lives)
        ends = shelf.first + sum(one.by for one in there), sum(one.by for one in promised)
        if ends != (shelf.on_hand, shelf.reserved):
            yield f"R1: {sku} ends with {(shelf.on_hand, shelf.reserved)}, the acts make {ends}"
        for act in looks[sku]:
            yield from _wrong_look_at_a_shelf(act, sku, shelf.first, (there, promised))


def _wrong_look_at_a_shelf(act: Act, sku: str, first: int, moves: tuple[Sequence[Effect], Sequence[Effect]]) -> Iterator[str]:
    there, promised = (bounds(effects, act.began, act.ended) for effects in moves)
    there = (first + there[0], first + there[1])
    if act.verb == "place":
        if there[0] - promised[1] >= act.units[sku]:
            yield f"R1: {sku} was told sold out although at least {there[0] - promised[1]} units could be had"
        return
    seen = act.units["on_hand"], act.units["reserved"]
    if not (there[0] <= seen[0] <= there[1] and promised[0] <= seen[1] <= promised[1]):
        yield f"R30: {sku} was seen with {seen}, on hand can have been {there}, reserved {promised}"
    if seen[1] > seen[0]:
        yield f"R1: {sku} was seen with more units promised than there are: {seen}"


def _moves(sku: str, acts: Iterable[Act], lives: Mapping[str, Sequence[Version]]) -> tuple[list[Effect], list[Effect]]:
    received = (act for act in acts if act.verb == "receive" and act.is_done and act.on == sku)
    there = [Effect(act.began, act.ended, act.units[sku]) for act in received]
    promised: list[Effect] = []
    for life in lives.values():
        placed = life[0].act
        if placed is None or sku not in placed.units:
            continue
        promised.append(Effect(life[0].earliest, life[0].latest, placed.units[sku]))
        for version in life:
            sent, freed = version.sent.get(sku, 0), version.freed.get(sku, 0)
            if sent:
                there.append(Effect(version.earliest, version.latest, -sent))
            if sent or freed:
                promised.append(Effect(version.earliest, version.latest, -sent - freed))
    return there, promised


def _wrong_carts(history: History) -> Iterator[str]:
    for cart, quantity in history.ending.carts.items():
        adding = (act for act in history.acts if act.verb == "add" and act.on == cart and act.is_done)
        added = [Effect(act.began, act.ended, 1) for act in adding]
        if len(added) != quantity:
            yield f"R30: cart {cart} ends with {quantity} units, {len(added)} were added"
        for act in (one for one in history.acts if one.verb == "cart" and one.on == cart and one.is_done):
            least, most = bounds(added, act.began, act.ended)
            if not least <= act.units.get("quantity", 0) <= most:
                yield f"R30: cart {cart} was seen with {act.units.get('quantity', 0)} units, it can have had {least} to {most}"


# ---- money -------------------------------------------------------------------------------------------------------------


def _wrong_money(history: History, lives: Mapping[str, Sequence[Version]]) -> Iterator[str]:
    for order, life in lives.items():
        back = sum(version.act.minor for version in life if version.act is not None and version.act.verb == "refund")
        if back > life[-1].look.paid_minor:
            yield f"R5: order {order} paid back {back} of {life[-1].look.paid_minor}"
    for act in history.acts:
        if act.verb == "books" and act.is_done and act.minor:
            yield f"R6: the books were seen {act.minor} out of balance"
    if sum(history.ending.books.values()):
        yield f"R6: the books do not balance: {dict(history.ending.books)}"
    held = history.ending.books.get("gateway:sandbox", 0)
    if held != history.ending.provider_minor:
        yield f"R10: the provider holds {history.ending.provider_minor} for us, the books say {held}"
    kept = sum(life[-1].look.paid_minor - life[-1].look.refunded_minor for life in lives.values())
    ours = held + history.ending.books.get("counter", 0)
    if kept != ours:
        yield f"R6: the orders kept {kept}, the books hold {ours}"


def steps_of(rows: Iterable[tuple[str, Step]]) -> dict[str, list[Step]]:
    """Stored transitions by order, in their order."""
    found: dict[str, list[Step]] = defaultdict(list)
    for order, step in rows:
        found[order].append(step)
    return dict(found)
