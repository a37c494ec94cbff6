"""Freight templates (运费模板): first units and continued units by region (MSC-R5, MSC-I2, GEN-R13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from attrs import evolve, frozen

from retail_domain.kernel.checked import NoneOrMore, OneOrMore, checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import FreightTemplateId
from retail_domain.pricing.model.goods import SaleLine

EVERYWHERE = ""
"""The region prefix that every region code starts with."""


class ChargeBy(Enum):
    """What a template counts."""

    PIECE = "piece"
    WEIGHT = "weight"
    VOLUME = "volume"


@frozen(kw_only=True)
@checked
class FreightZone:
    """What delivery costs in some regions, or that there is none (MSC-R5).

    `regions` are prefixes of GB/T 2260 codes: `44` Guangdong, `4403` Shenzhen, `440305` Nanshan, empty everywhere.
    The first `first_units` (pieces, grams or cubic centimetres) cost `first_minor`; every further `next_units`,
    rounded up to whole multiples, cost `next_minor`.
    """

    regions: tuple[str, ...] = (EVERYWHERE,)
    delivers: bool = True
    first_units: NoneOrMore = 1
    first_minor: NoneOrMore = 0
    next_units: OneOrMore = 1
    next_minor: NoneOrMore = 0
    free_from_minor: NoneOrMore | None = None

    def __attrs_post_init__(self) -> None:
        if not self.regions:
            raise InvalidInput.of("regions", "not_empty", "a zone names at least one region")
        if any(prefix and not (prefix.isascii() and prefix.isdigit() and len(prefix) <= 12) for prefix in self.regions):
            raise InvalidInput.of("regions", "format", "a region is written as the leading digits of its code")

    def charge(self, units: int) -> int:
        """What so many units cost to deliver, before free freight; never falls as units grow (MSC-I2)."""
        further = max(0, units - self.first_units)
        return self.first_minor + -(-further // self.next_units) * self.next_minor

    def is_free(self, goods_minor: int) -> bool:
        """Whether goods of this worth travel free here."""
        return self.free_from_minor is not None and goods_minor >= self.free_from_minor


@frozen(kw_only=True)
@checked
class ComingFreight:
    """What a template will charge from a moment on (SET-R4)."""

    effective_at: datetime
    charge_by: ChargeBy
    zones: tuple[FreightZone, ...]

    def __attrs_post_init__(self) -> None:
        _require_sound(self.zones, "coming.zones")


@frozen(kw_only=True)
class FreightTemplate:
    """How freight is charged for the goods that name this template (运费模板, MSC-R5), now and from a moment on.

    `edition` counts what was written of it, plans included.
    """

    id: FreightTemplateId
    name: str
    charge_by: ChargeBy
    zones: tuple[FreightZone, ...]
    is_default: bool = False
    coming: ComingFreight | None = None
    edition: int = 1

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.name) <= 100:
            raise ValueError("a template has a name of 1 to 100 characters")
        _require_sound(self.zones, "zones")

    def at(self, moment: datetime) -> FreightTemplate:
        """As it charges at this moment: from its own moment on, what was coming is what holds."""
        if self.coming is None or moment < self.coming.effective_at:
            return self
        return evolve(self, charge_by=self.coming.charge_by, zones=self.coming.zones, coming=None)

    def no_longer_default(self) -> FreightTemplate:
        """Another one took over: whoever looked at this one as the default has not seen that."""
        return evolve(self, is_default=False, edition=self.edition + 1) if self.is_default else self

    def zone_for(self, region_code: str) -> FreightZone | None:
        """The most specific zone of a region, or None where nothing is delivered (MSC-R5)."""
        best, length = None, -1
        for zone in self.zones:
            for prefix in zone.regions:
                if len(prefix) > length and region_code.startswith(prefix):
                    best, length = zone, len(prefix)
        return best if best is not None and best.delivers else None

    def units_of(self, line: SaleLine) -> int:
        """The charge units of a line: its pieces, its grams or its cubic centimetres."""
        if self.charge_by is ChargeBy.PIECE:
            return line.quantity
        if self.charge_by is ChargeBy.WEIGHT:
            return line.quantity * line.goods.weight_grams
        return line.quantity * line.goods.volume_cm3


def _require_sound(zones: Sequence[FreightZone], field: str) -> None:
    if not zones:
        raise InvalidInput.of(field, "not_empty", "a template has at least one zone")
    prefixes = [prefix for zone in zones for prefix in zone.regions]
    if len(prefixes) != len(set(prefixes)):
        raise InvalidInput.of(field, "unique", "a region belongs to one zone of a template")
