"""The pricing engine alone: microseconds to price a basket, by its lines and by the freight templates they travel under.

Freight templates are the offers that the book knows today; every line is priced, weighed, put into a parcel, charged its
share of the freight, and all of it is explained step by step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final
from uuid import UUID

from benchmarks.figures import Table, median, short
from retail_domain.kernel.ids import AddressId
from retail_domain.pricing import FreightZone, PriceBook, PricingRequest, SaleLine
from retail_domain.pricing.model.engine import price
from retail_domain.pricing.model.quote import QuoteDelivery, fingerprint
from retail_domain.testing.baskets import NOON, SHENZHEN, a_book, a_request, a_template, goods

LINES: Final = (1, 3, 10, 30, 100)
TEMPLATES: Final = (1, 10, 100)
_ROUND_SECONDS: Final = 0.05


def basket(lines: int, templates: int) -> tuple[PricingRequest, PriceBook]:
    """So many lines, spread over so many freight templates of three zones each."""
    zones = tuple(FreightZone(regions=(region,), first_minor=1_000, next_minor=200) for region in ("", "44", "4403"))
    book = a_book(*(a_template(number, *zones) for number in range(1, templates + 1)))
    wanted = (SaleLine(goods(number, template=number % templates + 1), 1 + number % 3) for number in range(1, lines + 1))
    return a_request(*wanted, region=SHENZHEN), book


def microseconds(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds of processor time for one time of it."""
    began, times = time.process_time(), 0
    while time.process_time() - began < _ROUND_SECONDS:
        work()
        times += 1
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            work()
        spent.append((time.process_time() - began) / times * 1e6)
    return median(spent)


def run(*, quick: bool) -> Iterator[Table]:
    """A table of lines by templates."""
    rounds = 3 if quick else 9
    rows = [(f"{lines}", *_row(lines, rounds)) for lines in LINES]
    yield Table(
        "Pricing alone",
        ("lines", *(f"freight templates: {templates}" for templates in TEMPLATES), "hash of the quote"),
        tuple(rows),
        after=f"Microseconds of processor time, medians of {rounds} rounds; no database, no HTTP.",
    )


def _row(lines: int, rounds: int) -> Iterator[str]:
    for templates in TEMPLATES:
        yield short(microseconds(partial(price, *basket(lines, templates), NOON), rounds))
    priced = price(*basket(lines, 1), NOON)
    to = QuoteDelivery(address_id=AddressId(UUID(int=1)), region_code=SHENZHEN)
    yield short(microseconds(partial(fingerprint, priced, to), rounds))
