"""Nothing a member waits for grows with coupons: of a hundred thousand live ones hers are found by an index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from retail_adapters.sql.contexts import coupons
from retail_domain.coupons import CouponWay
from tests.integration.test_points_in_large import MANY, MOMENT, _plan
from tests.support.stores import Place, open_database, place_of

pytestmark = pytest.mark.slow
AT: Final = datetime(2026, 6, 1, tzinfo=UTC)
ALICE: Final = UUID(int=7)
KIND: Final = UUID(int=8)
HERS: Final = 200
EDITION: Final = """
INSERT INTO {t}coupon_editions (template_id, edition, name, name_en, terms, face_minor, version)
VALUES ({kind}, 1, 'n', '', '{{"kind": "fixed", "value_minor": 5}}', 5, 1)
"""
COUPONS: Final = """
INSERT INTO {t}coupons (id, template_id, edition, member_id, n, way, given_at, begins_at, expires_at, tells_at, is_told, stands,
  applied_minor, due_at, version)
SELECT {id}, {kind}, 1, {member}, n, 'self', {at}, {at}, {later}, {later}, {no}, 'unused', 0, {later}, 1 FROM {numbers}
"""
UP: Final = "(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {most}) SELECT n FROM up)"
ON_SQLITE: Final = {
    "t": "retail_", "id": "randomblob(16)", "member": "randomblob(16)", "kind": f"X'{KIND.hex}'", "at": MOMENT["sqlite"],
    "later": f"{MOMENT['sqlite']} + 86400000000", "no": "0", "numbers": UP.format(most=MANY),
}  # fmt: skip
ON_POSTGRES: Final = {
    "t": "retail.", "id": "gen_random_uuid()", "member": "gen_random_uuid()", "kind": f"'{KIND}'::uuid",
    "at": MOMENT["postgres"], "later": f"{MOMENT['postgres']} + INTERVAL '1 day'", "no": "false",
    "numbers": f"generate_series(1, {MANY}) AS n",
}  # fmt: skip


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


async def test_a_hundred_thousand_live_coupons_are_searched_and_never_scanned(place: Place) -> None:
    """CPN-R2, CPN-R3: what giving, quoting, placing, paying, closing and a member's page ask."""
    async with open_database(place) as database:
        await _filled(place)
        hers: dict[str, Any] = {"member_id": ALICE, "at": AT, "template_id": KIND, "id": UUID(int=2**128 - 1), "most": 21}
        asked: dict[Any, dict[str, Any]] = {
            coupons._COUNTED: hers,
            coupons._USABLE: hers,
            coupons._MINE: hers,
            coupons._HELD: {"ids": [ALICE]},
            coupons._CLAIM: {"ids": [ALICE]},
            coupons._OF_ORDER: {"order_id": ALICE},
            coupons._CLAIM_OF: {"order_id": ALICE},
            coupons._CLAIM_HOLDER: hers,
            coupons._DUE: hers,
        }
        plans = {statement.name: await _plan(place, statement, values) for statement, values in asked.items()}
        (counted,) = await database.rows(coupons._COUNTED, member_id=ALICE, template_id=KIND, at=AT)
        usable = await database.rows(coupons._USABLE, member_id=ALICE, at=AT)
        assert await database.rows(coupons._OPEN, way=CouponWay.SELF) == []

    scans = ("Seq Scan on coupons", "SCAN retail_coupons")
    assert {name: plan for name, plan in plans.items() if any(f"{scan}" in plan for scan in scans)} == {}
    assert (counted["had"], counted["held"], len(usable)) == (HERS, HERS, HERS)


async def _filled(place: Place) -> None:
    if place.kind == "sqlite":
        alice = {**ON_SQLITE, "member": f"X'{ALICE.hex}'", "numbers": UP.format(most=HERS)}
        with closing(sqlite3.connect(place.address)) as file:
            for text, how in ((EDITION, ON_SQLITE), (COUPONS, ON_SQLITE), (COUPONS, alice)):
                file.execute(text.format(**how))
            file.execute("ANALYZE")
            file.commit()
        return
    alice = {**ON_POSTGRES, "member": f"'{ALICE}'::uuid", "numbers": f"generate_series(1, {HERS}) AS n"}
    known = await asyncpg.connect(place.address)
    for text, how in ((EDITION, ON_POSTGRES), (COUPONS, ON_POSTGRES), (COUPONS, alice)):
        await known.execute(text.format(**how))
    await known.execute("ANALYZE")
    await known.close()
