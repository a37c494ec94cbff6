"""The steps of the shop's own pipeline; every function here is pure (PRC-I6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from retail_domain.kernel.ids import FreightTemplateId
from retail_domain.kernel.money import allocate_by
from retail_domain.pricing.model.basket import Source, Stage
from retail_domain.pricing.model.book import PriceBook
from retail_domain.pricing.model.coupon import freight_coupon, goods_coupon
from retail_domain.pricing.model.freight import FreightTemplate
from retail_domain.pricing.model.goods import SaleLine
from retail_domain.pricing.model.offering import freight_waiver, full_reductions, line_prices
from retail_domain.pricing.model.points import points_offset
from retail_domain.pricing.model.sheet import NOTHING, Adjustment, Outcome, Sheet, Step

SALE_PRICE: Final = Source("sale_price")
TEMPLATE: Final = "freight_template"
FREE_FREIGHT: Final = "free_freight"


def base_price(sheet: Sheet) -> Outcome:
    """Step 1: the sale price of the SKU times the quantity."""
    goods = {key: line.goods.unit_price_minor * line.quantity for key, line in sheet.lines.items()}
    return Outcome(adjustments=(Adjustment(source=SALE_PRICE, goods=goods),))


def template_freight(sheet: Sheet) -> Outcome:
    """Step 6: each template charges once for all its lines, then free freight by what the goods cost (MSC-R5)."""
    region = sheet.request.region_code
    if region is None:
        return NOTHING
    # Nothing that was taken off costs the buyer his free freight: else a discount could make a basket dearer (PRC-I4).
    base_minor, waiver = sheet.base_minor, freight_waiver(sheet)
    adjustments: list[Adjustment] = []
    for template, lines in parcels(sheet.lines, sheet.book, sheet.at):
        zone = template.zone_for(region)
        if zone is None:
            raise ValueError("undeliverable lines are sorted out before freight is charged")
        units = {key: template.units_of(line) for key, line in lines.items()}
        charged = _by_line(lines, units, zone.charge(sum(units.values())))
        adjustments.append(Adjustment(source=Source(TEMPLATE, str(template.id)), freight=charged))
        waived_by = waiver or (Source(FREE_FREIGHT, str(template.id)) if zone.is_free(base_minor) else None)
        if waived_by is not None:
            waived = {key: -amount for key, amount in charged.items()}
            adjustments.append(Adjustment(source=waived_by, freight=waived))
    return Outcome(adjustments=tuple(adjustments))


def parcels(
    lines: Mapping[str, SaleLine], book: PriceBook, at: datetime
) -> list[tuple[FreightTemplate, Mapping[str, SaleLine]]]:
    """The lines of each freight template as it charges then, by template id; lines that travel free are in none."""
    named: dict[FreightTemplateId | None, dict[str, SaleLine]] = {}
    for key, line in lines.items():
        named.setdefault(line.goods.freight_template_id, {})[key] = line
    groups: dict[FreightTemplateId, tuple[FreightTemplate, dict[str, SaleLine]]] = {}
    for name, theirs in named.items():
        template = book.template_named(name, at)
        if template is not None:
            groups.setdefault(template.id, (template, {}))[1].update(theirs)
    return [groups[key] for key in sorted(groups)]


STEPS: Final[tuple[Step, ...]] = (
    Step(Stage.BASE, base_price),
    Step(Stage.LINE_PRICE, line_prices),
    Step(Stage.FULL_REDUCTION, full_reductions),
    Step(Stage.COUPON, goods_coupon),
    Step(Stage.POINTS, points_offset),
    Step(Stage.FREIGHT, template_freight),
    Step(Stage.FREIGHT, freight_coupon),
)
"""What the shop works out by itself, in order."""


def _by_line(lines: Mapping[str, SaleLine], units: Mapping[str, int], charge: int) -> dict[str, int]:
    if not any(units.values()):  # nobody weighed these goods: their pieces count
        units = {key: line.quantity for key, line in lines.items()}
    return allocate_by(units, charge)
