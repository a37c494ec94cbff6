"""The terms of an offer as JSON: as staff write them, and as they are kept (PRC-R2, GEN-R13)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import OfferId, SkuId
from retail_domain.kernel.money import MINOR_MAX
from retail_domain.kernel.reading import LINE, Misread, identity, instant, whole
from retail_domain.pricing.model.kinds import OrderKind
from retail_domain.pricing.model.offer import WHOLE_BPS, CountBy, Offer, OfferKind, OfferStep, Scope

NAME_MAX: Final = 60
STEPS_MAX: Final = 10
NAMED_MAX: Final = 1_000
"""So many goods, categories and brands does one offer name at most."""
TIERS_MAX: Final = 20
_SCOPE: Final = tuple(
    f"{out}{way}_ids" for out in ("", "except_") for way in ("sku", "product", "category", "brand")
)  # fmt: skip
_NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "priority": (0, 1_000), "off_bps": (1, WHOLE_BPS), "off_minor": (1, MINOR_MAX), "price_minor": (0, MINOR_MAX),
    "times_max": (1, 1_000), "from_minor": (0, MINOR_MAX), "gift_units": (1, 99),
}  # fmt: skip
_ALWAYS: Final = frozenset({"name", "name_en", "kind", "scope", "starts_at", "ends_at", "priority", "tiers", "order_kinds"})
_OF_KIND: Final[Mapping[OfferKind, frozenset[str]]] = {
    OfferKind.DISCOUNT: frozenset({"off_bps", "off_minor", "price_minor", "exclusive"}),
    OfferKind.MEMBER_PRICE: frozenset({"price_minor"}),
    OfferKind.REDUCTION: frozenset({"steps", "count_by", "each", "times_max", "exclusive"}),
    OfferKind.FREE_FREIGHT: frozenset({"from_minor"}),
    OfferKind.GIFT: frozenset({"from_minor", "gift_sku_id", "gift_units"}),
}
_OF_STEP: Final = ("threshold", "off_minor", "off_bps")


def told_terms(offer: Offer) -> dict[str, Any]:
    """The terms as they are written: what is as usual is left out."""
    told: dict[str, Any] = {"name": offer.name, "name_en": offer.name_en, "kind": offer.kind.value}
    scope = {name: [str(id) for id in ids] for name in _SCOPE if (ids := getattr(offer.scope, name))}
    steps = [{name: value for name in _OF_STEP if (value := getattr(one, name))} for one in offer.steps]
    parts: dict[str, Any] = {
        "scope": scope, "starts_at": _moment(offer.starts_at), "ends_at": _moment(offer.ends_at), "priority": offer.priority,
        "exclusive": offer.exclusive, "tiers": list(offer.tiers), "off_bps": offer.off_bps, "off_minor": offer.off_minor,
        "price_minor": offer.price_minor, "steps": steps, "each": offer.each, "from_minor": offer.from_minor,
        "gift_sku_id": str(offer.gift_sku_id) if offer.gift_sku_id else None,
    }  # fmt: skip
    told |= {name: value for name, value in parts.items() if value or (name == "price_minor" and value is not None)}
    if offer.order_kinds != (OrderKind.ORDINARY,):
        told["order_kinds"] = [kind.value for kind in offer.order_kinds]
    if offer.count_by is not CountBy.AMOUNT:
        told["count_by"] = offer.count_by.value
    if offer.times_max != 1:
        told["times_max"] = offer.times_max
    if offer.gift_units != 1:
        told["gift_units"] = offer.gift_units
    return told


def told_offer(offer: Offer) -> dict[str, Any]:
    """The same, with its id and edition."""
    return {**told_terms(offer), "id": str(offer.id), "edition": offer.edition}


def kept_offer(told: Mapping[str, Any]) -> Offer:
    """An offer as it was kept."""
    terms = {name: value for name, value in told.items() if name not in ("id", "edition")}
    return read_terms(terms, OfferId(UUID(told["id"])), told["edition"])


def terms_text(offer: Offer) -> str:
    """Its terms as text, always the same for the same terms."""
    return json.dumps(told_terms(offer), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read_text(text: str, id: OfferId, edition: int = 1) -> Offer:
    """An offer by the text of its terms. Raises InvalidInput, which names all that is wrong."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput.of("terms", "json", "the terms of an offer as JSON are expected") from None
    return read_terms(told, id, edition)


def read_terms(told: object, id: OfferId, edition: int = 1) -> Offer:
    """An offer by its terms. Raises InvalidInput, which names every field that is wrong."""
    if not isinstance(told, Mapping):
        raise InvalidInput.of("terms", "type", "the terms of an offer are names and values")
    reading = _Reading(told)
    kind = reading.choice("kind", OfferKind)
    offer = reading.offer(kind, id, edition) if kind is not None else None
    if reading.problems or offer is None:
        raise InvalidInput(problems=tuple(reading.problems[:20]))
    return offer


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


class _Reading:
    """Terms that are being read, and what is wrong with them."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told, self.problems = told, list[FieldProblem]()

    def wrong(self, field: str, rule: str, says: str) -> None:
        """One thing more."""
        self.problems.append(FieldProblem(field=f"terms.{field}", rule=rule, message=says))

    def choice(self, name: str, of: type[Any], usual: Any = None) -> Any:
        """One of an enumeration."""
        value = self.told.get(name, usual.value if usual is not None else None)
        if value not in [one.value for one in of]:
            self.wrong(name, "choice", f"one of {', '.join(one.value for one in of)} is expected")
            return None
        return of(value)

    def read(self, name: str, how: Callable[[Any], Any], value: Any) -> Any:
        """A value, or what is wrong with it."""
        try:
            return how(value)
        except Misread as no:
            self.problems += no.of(f"terms.{name}").problems
        except InvalidInput as no:
            self.problems += no.problems
        return None

    def line(self, name: str) -> Any:
        """One line of text."""
        return self.read(name, lambda text: LINE.read(text, f"terms.{name}", NAME_MAX, 1), self.told.get(name))

    def number(self, name: str, value: object, bounds: tuple[int, int]) -> Any:
        """A whole number between two."""
        return self.read(name, lambda told: whole(told, *bounds), value)

    def offer(self, kind: OfferKind, id: OfferId, edition: int) -> Offer | None:
        """The offer, unless something is wrong."""
        known = _ALWAYS | _OF_KIND[kind]
        for name in self.told:
            if name not in known:
                self.wrong(str(name)[:64], "unknown", f"an offer of kind {kind.value} has no such term")
        names = {name: self.line(name) for name in ("name", "name_en")}
        numbers = {
            name: self.number(name, self.told[name], bounds)
            for name, bounds in _NUMBERS.items() if self.told.get(name) is not None
        }  # fmt: skip
        flags = {name: self.flag(name) for name in ("exclusive", "each")}
        moments = {name: self.moment(name) for name in ("starts_at", "ends_at")}
        steps, scope = self.steps(kind, flags["each"]), self.scope()
        gift = self.read("gift_sku_id", identity, self.told["gift_sku_id"]) if "gift_sku_id" in self.told else None
        self._check(kind, moments)
        more: dict[str, Any] = {
            **names, **numbers, **flags, **moments,
            "tiers": self.texts("tiers"),
            "order_kinds": self.kinds(),
            "count_by": self.choice("count_by", CountBy, CountBy.AMOUNT),
        }  # fmt: skip
        if self.problems:
            return None
        return Offer(
            id=id, kind=kind, edition=edition, scope=scope, steps=steps, gift_sku_id=SkuId(gift) if gift else None,
            **more,
        )  # fmt: skip

    def _check(self, kind: OfferKind, moments: Mapping[str, datetime | None]) -> None:
        """What must go together."""
        starts, ends = moments["starts_at"], moments["ends_at"]
        if starts is not None and ends is not None and ends <= starts:
            self.wrong("ends_at", "order", "an offer ends after it starts")
        if (
            kind is OfferKind.DISCOUNT
            and sum(self.told.get(name) is not None for name in ("off_bps", "off_minor", "price_minor")) != 1
        ):
            self.wrong("off_bps", "one_of", "a discount has one of off_bps, off_minor and price_minor")
        if kind is OfferKind.MEMBER_PRICE and self.told.get("price_minor") is None:
            self.wrong("price_minor", "required", "a member's price has a price")
        if kind is OfferKind.GIFT and self.told.get("gift_sku_id") is None:
            self.wrong("gift_sku_id", "required", "a gift is goods of the shop")
        if kind is OfferKind.GIFT and self.told.get("tiers"):
            self.wrong("tiers", "unknown", "what comes along is for everybody")
        by_price = self.told.get("price_minor") is not None
        scope = self.told.get("scope")
        if by_price and not (isinstance(scope, Mapping) and (scope.get("sku_ids") or scope.get("product_ids"))):
            self.wrong("scope", "required", "a price is that of goods: name SKUs or products")

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.told.get(name, False)
        if not isinstance(value, bool):
            self.wrong(name, "type", "true or false is expected")
        return value is True

    def moment(self, name: str) -> datetime | None:
        """An instant, or none."""
        value = self.told.get(name)
        found: datetime | None = self.read(name, instant, value) if value is not None else None
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Codes of tiers."""
        value = self.told.get(name, [])
        if (
            not isinstance(value, list)
            or len(value) > TIERS_MAX
            or not all(isinstance(one, str) and 0 < len(one) <= 30 for one in value)
        ):
            self.wrong(name, "type", f"a list of codes is expected, {TIERS_MAX} at most")
            return ()
        return tuple(value)

    def kinds(self) -> tuple[OrderKind, ...]:
        """Kinds of orders."""
        value = self.told.get("order_kinds", [OrderKind.ORDINARY.value])
        known: list[str] = [one.value for one in OrderKind]
        if not isinstance(value, list) or not value or any(one not in known for one in value):
            self.wrong("order_kinds", "choice", f"some of {', '.join(known)} are expected")
            return ()
        return tuple(kind for kind in OrderKind if kind.value in value)

    def scope(self) -> Scope:
        """What it is about."""
        told = self.told.get("scope", {})
        if not isinstance(told, Mapping):
            self.wrong("scope", "type", "names and lists of ids are expected")
            return Scope()
        for name in told:
            if name not in _SCOPE:
                self.wrong(f"scope.{str(name)[:64]}", "unknown", "a scope has no such list")
        lists = {name: told.get(name, []) for name in _SCOPE}
        if not all(isinstance(ids, list) for ids in lists.values()) or sum(map(len, lists.values())) > NAMED_MAX:
            self.wrong("scope", "too_many", f"lists of ids are expected, {NAMED_MAX} ids at most")
            return Scope()
        named = [name for name in told if name in _SCOPE and not name.startswith("except_")]
        if named and not any(lists[name] for name in named):  # a program's empty list would mean the whole shop
            self.wrong(f"scope.{named[0]}", "not_empty", "a list names something; without any, everything is meant")
        found = {name: tuple(self.read(f"scope.{name}", identity, id) for id in ids) for name, ids in lists.items()}
        return Scope(**found)

    def steps(self, kind: OfferKind, each: bool) -> tuple[OfferStep, ...]:
        """The steps of a full reduction, each higher than the one before."""
        told = self.told.get("steps", [])
        if kind is not OfferKind.REDUCTION:
            return ()
        if not isinstance(told, list) or not 1 <= len(told) <= STEPS_MAX or not all(isinstance(one, Mapping) for one in told):
            self.wrong("steps", "required", f"a full reduction has 1 to {STEPS_MAX} steps")
            return ()
        found = tuple(one for at, step in enumerate(told) if (one := self.step(f"steps[{at}]", step)) is not None)
        for place in range(1, len(found)):
            if found[place].threshold <= found[place - 1].threshold:
                self.wrong(f"steps[{place}].threshold", "order", "each step asks more than the one before")
        if each and len(told) != 1:
            self.wrong("steps", "one_of", "what counts every time has one step")
        return found

    def step(self, field: str, told: Mapping[str, Any]) -> OfferStep | None:
        """One step."""
        before = len(self.problems)
        for name in told:
            if name not in _OF_STEP:
                self.wrong(f"{field}.{str(name)[:64]}", "unknown", "a step has no such term")
        if (told.get("off_minor") is None) == (told.get("off_bps") is None):
            self.wrong(f"{field}.off_minor", "one_of", "a step has one of off_minor and off_bps")
        numbers = {
            name: self.number(f"{field}.{name}", told.get(name), bounds)
            for name, bounds in (("threshold", (1, MINOR_MAX)), ("off_minor", (1, MINOR_MAX)), ("off_bps", (1, WHOLE_BPS)))
            if told.get(name) is not None or name == "threshold"
        }  # fmt: skip
        off, least = numbers.get("off_minor"), numbers["threshold"]
        by_amount = self.told.get("count_by") != CountBy.QUANTITY.value
        if off is not None and least is not None and by_amount and off > least:
            self.wrong(f"{field}.off_minor", "range", "no more is taken off than is asked")
        return OfferStep(**numbers) if len(self.problems) == before else None
