"""When each version of an order can have come to be, and what the order looked like in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import define, field, frozen

from tests.soak.history import END, Act, Step


@frozen(kw_only=True)
class Look:
    """An order as a page shows it."""

    status: str
    shipped: int
    refunded_minor: int
    paid_minor: int


@define
class Version:
    """One version of an order: it came to be between `earliest` and `latest`."""

    steps: list[Step]
    act: Act | None
    earliest: float
    latest: float
    look: Look
    freed: dict[str, int] = field(factory=dict)
    """Units that went back on sale with it, by SKU."""
    sent: dict[str, int] = field(factory=dict)
    """Units that left the shelf with it, by SKU."""


@define
class _Line:
    ordered: int
    shipped: int = 0
    kept_back: int = 0

    @property
    def unshipped(self) -> int:
        return self.ordered - self.shipped - self.kept_back


def life_of(placed: Act, steps: Sequence[Step], acts: Sequence[Act], payable: int) -> list[Version]:
    """The versions of an order, each with its window and its look."""
    by_tag = {act.tag: act for act in acts if act.tag and act.is_done}
    grouped: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        grouped[step.version].append(step)
    lines = {sku: _Line(units) for sku, units in placed.units.items()}
    look, versions = Look(status="", shipped=0, refunded_minor=0, paid_minor=0), list[Version]()
    for number in sorted(grouped):
        one = grouped[number]
        act = placed if number == 1 else next((by_tag[step.actor] for step in one if step.actor in by_tag), None)
        earliest, latest = _window(one, act, acts)
        version = Version(one, act, earliest, latest, look)
        look = _happened(version, look, lines, payable)
        version.look = look
        versions.append(version)
    _narrow(versions)
    return versions


def _window(steps: Sequence[Step], act: Act | None, acts: Sequence[Act]) -> tuple[float, float]:
    events = {step.event for step in steps}
    if act is not None and not _was_begun_only(act, events):
        return act.began, act.ended
    if "order.paid" in events:
        # Whoever asks the provider may hear of the money before its notice comes, but nobody before it was paid there.
        paid = [one.began for one in acts if one.verb == "pay"]
        heard = [one.ended for one in acts if one.verb == "notice" and one.is_done]
        return min(paid, default=0.0), min(heard, default=END)
    wished = [one for one in acts if one.verb in ("cancel", "close")]
    told = [one.ended for one in wished if one.is_done and one.status == "closed"] if "order.closed" in events else []
    return min((one.began for one in wished), default=0.0), min(told, default=END)


def _was_begun_only(act: Act, events: set[str]) -> bool:
    """Whether the act was answered "closing": it is closed later, by whoever asks next, and under the name of who wished it."""
    return act.verb == "close" and act.status != "closed" and "order.closed" in events


def _happened(version: Version, look: Look, lines: Mapping[str, _Line], payable: int) -> Look:
    """What the order looks like after this version; units that moved with it are noted."""
    events = {step.event for step in version.steps}
    was_paid, act = look.paid_minor, version.act
    shipped, refunded = look.shipped, look.refunded_minor
    if "order.shipped" in events and act is not None:
        for sku, units in act.units.items():
            lines[sku].shipped += units
            version.sent[sku] = units
            shipped += units
    if "order.refunded" in events and act is not None and act.verb == "refund":
        for sku, units in act.units.items():
            version.freed[sku] = min(units, lines[sku].unshipped)
            lines[sku].kept_back += version.freed[sku]
        refunded += act.minor
    elif "order.closed" in events and not (was_paid and "order.refunded" not in events):
        version.freed = {sku: line.unshipped for sku, line in lines.items()}
        for line in lines.values():
            line.kept_back += line.unshipped
        refunded = was_paid
    paid = payable if "order.paid" in events else was_paid
    return Look(status=version.steps[-1].to_status, shipped=shipped, refunded_minor=refunded, paid_minor=paid)


def _narrow(versions: Sequence[Version]) -> None:
    """No version comes before the one it follows."""
    earliest = 0.0
    for version in versions:
        earliest = version.earliest = max(earliest, version.earliest)
    latest = END
    for version in reversed(versions):
        latest = version.latest = min(latest, version.latest)
