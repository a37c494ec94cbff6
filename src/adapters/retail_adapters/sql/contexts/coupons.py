"""Coupons in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import and_, bindparam, case, func, literal_column, or_, select, tuple_
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import coalesce

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.serialization import converter, kept
from retail_adapters.sql.database import Database, Flush
from retail_adapters.sql.rows import Part, Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.coupons import (
    coupon_codes,
    coupon_editions,
    coupon_holders,
    coupon_templates,
    coupons,
)
from retail_adapters.sql.types import Id, Instant, Whole
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.coupons import (
    Coupon,
    CouponCode,
    CouponEdition,
    CouponHolder,
    CouponIs,
    CouponQueries,
    CouponReport,
    CouponsWork,
    CouponTemplate,
    CouponTemplateNotFound,
    CouponValidity,
    CouponWay,
    HeldCoupon,
)
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.coupon_terms import CouponTerms
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId, OrderId
from retail_domain.kernel.paging import Page, PageRequest

OFFERS_MAX: Final = 100
_TERMS: Final = Part(("terms",), converter.unstructure, kept(CouponTerms))
_TEMPLATES: Final = Rows(
    coupon_templates,
    CouponTemplate,
    parts={
        "terms": _TERMS,
        "validity": Part(("validity",), converter.unstructure, kept(CouponValidity)),
        "tiers": Part(("tiers",), list, tuple),
    },
)
_EDITIONS: Final = Rows(coupon_editions, CouponEdition, parts={"terms": _TERMS}, derived=("face_minor",))
_HOLDERS: Final = Rows(coupon_holders, CouponHolder)
_COUPONS: Final = Rows(coupons, Coupon, derived=("due_at",))
_CODES: Final = Rows(coupon_codes, CouponCode)
_AT: Final = bindparam("at", type_=Instant())
_UNUSED: Final[ColumnElement[Any]] = literal_column("'unused'")
_IS_UNUSED = coupons.c.stands == _UNUSED

_CLAIM_TEMPLATE: Final = Statement(
    "coupon_templates.claim", select(coupon_templates).where(coupon_templates.c.id == bindparam("id")).with_for_update()
)
_OPEN: Final = Statement(
    "coupon_templates.open_ones",
    select(coupon_templates.c.id)
    .where(coupon_templates.c.is_open, coupon_templates.c.way == bindparam("way"))
    .order_by(coupon_templates.c.id),
)
_CLAIM_HOLDER: Final = Statement(
    "coupon_holders.claim",
    select(coupon_holders).where(coupon_holders.c.member_id == bindparam("member_id")).with_for_update(),
)
_CLAIM: Final = Statement(
    "coupons.claim", select(coupons).where(AnyOf(coupons.c.id, "ids")).order_by(coupons.c.id).with_for_update()
)
_OF_ORDER_SELECT = select(coupons).where(coupons.c.used_by == bindparam("order_id")).order_by(coupons.c.id)
_OF_ORDER: Final = Statement("coupons.of_order", _OF_ORDER_SELECT)
_CLAIM_OF: Final = Statement("coupons.claim_of", _OF_ORDER_SELECT.with_for_update())
_SAYS = (
    coupon_editions.c.name.label("says_name"),
    coupon_editions.c.name_en.label("says_name_en"),
    coupon_editions.c.terms.label("says_terms"),
)
_WITH_EDITION = select(coupons, *_SAYS).select_from(
    coupons.join(
        coupon_editions,
        and_(coupon_editions.c.template_id == coupons.c.template_id, coupon_editions.c.edition == coupons.c.edition),
    )
)
_HELD: Final = Statement("coupons.held", _WITH_EDITION.where(AnyOf(coupons.c.id, "ids")).order_by(coupons.c.id))
_USABLE: Final = Statement(
    "coupons.usable",
    _WITH_EDITION.where(coupons.c.member_id == bindparam("member_id"), _IS_UNUSED, coupons.c.expires_at > _AT).order_by(
        coupons.c.expires_at, coupons.c.id
    ),
)
_COUNTED: Final = Statement(
    "coupons.counted",
    select(
        select(func.count(type_=Whole()))
        .where(coupons.c.template_id == bindparam("template_id"), coupons.c.member_id == bindparam("member_id"))
        .scalar_subquery()
        .label("had"),
        select(func.count(type_=Whole()))
        .where(coupons.c.member_id == bindparam("member_id"), _IS_UNUSED, coupons.c.expires_at > _AT)
        .scalar_subquery()
        .label("held"),
    ),
)
_DUE: Final = Statement(
    "coupons.due",
    select(coupons.c.id).where(coupons.c.due_at <= _AT).order_by(coupons.c.due_at, coupons.c.id).limit(bindparam("most")),
)
_CLAIM_CODE: Final = Statement(
    "coupon_codes.claim", select(coupon_codes).where(coupon_codes.c.seal == bindparam("seal")).with_for_update()
)
_MINE: Final = Statement(
    "coupons.mine",
    _WITH_EDITION.where(
        coupons.c.member_id == bindparam("member_id"),
        coupons.c.given_at <= _AT,
        tuple_(coupons.c.given_at, coupons.c.id) < tuple_(_AT, bindparam("id", type_=Id())),
    )
    .order_by(coupons.c.given_at.desc(), coupons.c.id.desc())
    .limit(bindparam("most")),
)
_TO_TAKE: Final = Statement(
    "coupon_templates.to_take",
    select(coupon_templates)
    .where(
        coupon_templates.c.is_open,
        AnyOf(coupon_templates.c.way, "ways"),
        coupon_templates.c.issued < coupon_templates.c.total,
        or_(coupon_templates.c.takes_from.is_(None), coupon_templates.c.takes_from <= _AT),
        or_(coupon_templates.c.takes_until.is_(None), coupon_templates.c.takes_until > _AT),
    )
    .order_by(coupon_templates.c.made_at.desc(), coupon_templates.c.id.desc())
    .limit(OFFERS_MAX),
)
_HAD: Final = Statement(
    "coupons.had_of",
    select(coupons.c.template_id, func.count(type_=Whole()).label("had"))
    .join(coupon_templates, coupon_templates.c.id == coupons.c.template_id)
    .where(coupons.c.member_id == bindparam("member_id"), coupon_templates.c.is_open)
    .group_by(coupons.c.template_id),
)
_LISTED: Final = Statement(
    "coupon_templates.listed",
    select(coupon_templates)
    .where(
        coupon_templates.c.made_at <= _AT,
        tuple_(coupon_templates.c.made_at, coupon_templates.c.id) < tuple_(_AT, bindparam("id", type_=Id())),
    )
    .order_by(coupon_templates.c.made_at.desc(), coupon_templates.c.id.desc())
    .limit(bindparam("most")),
)
_ONE: Final = Statement("coupon_templates.one", select(coupon_templates).where(coupon_templates.c.id == bindparam("id")))
_BECAME: Final = Statement(
    "coupons.became",
    select(
        coupons.c.stands,
        func.count(type_=Whole()).label("many"),
        coalesce(
            func.sum(case((coupons.c.stands == literal_column("'used'"), coupons.c.applied_minor), else_=0), type_=Whole()), 0
        ).label("applied"),
    )
    .where(coupons.c.template_id == bindparam("template_id"))
    .group_by(coupons.c.stands),
)
_CODES_MADE: Final = Statement(
    "coupon_codes.made",
    select(func.count(type_=Whole()).label("codes")).where(coupon_codes.c.template_id == bindparam("template_id")),
)
_LATEST: Final = (datetime.max.replace(tzinfo=UTC), str(UUID(int=2**128 - 1)))


def _held(row: Mapping[str, Any]) -> HeldCoupon:
    coupon = _COUPONS.state(row)
    said = {"name": row["says_name"], "name_en": row["says_name_en"], "terms": row["says_terms"]}
    says = {"template_id": coupon.template_id, "edition": coupon.edition, "version": 1, **said}
    return HeldCoupon(coupon=coupon, says=_EDITIONS.state(says))


class SqlCouponTemplates(SqlCollection[CouponTemplateId, CouponTemplate]):
    """Kinds of coupons; see the port."""

    table = coupon_templates

    def key(self, state: CouponTemplate) -> CouponTemplateId:
        """Its id."""
        return state.id

    async def claim(self, id: CouponTemplateId) -> CouponTemplate | None:
        """Locked."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_TEMPLATE, id=id)
        return self.seen(id, _TEMPLATES.state(rows[0]) if rows else None)

    async def open_ones(self, way: CouponWay) -> Sequence[CouponTemplateId]:
        """As they are stored."""
        return [CouponTemplateId(row["id"]) for row in await self._session.tx.rows(_OPEN, way=way)]

    def flushes(self) -> Sequence[Flush]:
        """New ones, changed ones, and what new editions say."""
        new = [inserted(one, _TEMPLATES.row(one)) for one in self.new()]
        changed = [updated(before, _TEMPLATES.row(one)) for before, one in self.changed()]
        editions = [
            inserted(one, _EDITIONS.row(one.what_it_says))
            for before, one in self._staged.values() if before is None or before.edition != one.edition
        ]  # fmt: skip
        return [
            Flush(insert_into(coupon_templates), new),
            Flush(update_of(coupon_templates), changed, "coupon template"),
            Flush(insert_into(coupon_editions), editions),
        ]


class SqlCouponHolders(SqlCollection[MemberId, CouponHolder]):
    """What rivals meet at; see the port."""

    table = coupon_holders

    def key(self, state: CouponHolder) -> MemberId:
        """Its member."""
        return state.member_id

    async def claim(self, member_id: MemberId) -> CouponHolder | None:
        """Locked."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_HOLDER, member_id=member_id)
        return self.seen(member_id, _HOLDERS.state(rows[0]) if rows else None)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _HOLDERS.row(one)) for one in self.new()]
        changed = [updated(before, _HOLDERS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(coupon_holders), new), Flush(update_of(coupon_holders), changed, "coupon holder")]


class SqlCoupons(SqlCollection[CouponId, Coupon]):
    """Coupons of members; see the port."""

    table = coupons

    def key(self, state: Coupon) -> CouponId:
        """Its id."""
        return state.id

    async def claim(self, ids: Iterable[CouponId]) -> Mapping[CouponId, Coupon]:
        """Locked, ascending."""
        wanted = sorted(set(ids))
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM, ids=wanted) if wanted else ()
        stored = {one.id: one for one in map(_COUPONS.state, rows)}
        found = ((id, self.seen(id, stored.get(id))) for id in wanted)
        return {id: one for id, one in found if one is not None}

    async def of_order(self, order_id: OrderId) -> Sequence[Coupon]:
        """Staged or stored."""
        return self._mine_of(order_id, await self._session.tx.rows(_OF_ORDER, order_id=order_id))

    async def claim_of(self, order_id: OrderId) -> Sequence[Coupon]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        return self._mine_of(order_id, await self._session.tx.rows(_CLAIM_OF, order_id=order_id))

    async def held(self, ids: Iterable[CouponId]) -> Sequence[HeldCoupon]:
        """As they are stored."""
        return [_held(row) for row in await self._session.tx.rows(_HELD, ids=sorted(set(ids)))]

    async def usable(self, member_id: MemberId, at: datetime) -> Sequence[HeldCoupon]:
        """As they are stored."""
        return [_held(row) for row in await self._session.tx.rows(_USABLE, member_id=member_id, at=at)]

    async def counted(self, member_id: MemberId, template_id: CouponTemplateId, at: datetime) -> tuple[int, int]:
        """Stored ones, and those that only now came to be."""
        (row,) = await self._session.tx.rows(_COUNTED, member_id=member_id, template_id=template_id, at=at)
        new = [one for one in self.new() if one.member_id == member_id]
        had = int(row["had"]) + sum(one.template_id == template_id for one in new)
        live = sum(one.stands is CouponIs.UNUSED and not has_passed(one.expires_at, at) for one in new)
        return had, int(row["held"]) + live

    async def due(self, at: datetime, most: int) -> Sequence[CouponId]:
        """As they are stored."""
        return [CouponId(row["id"]) for row in await self._session.tx.rows(_DUE, at=at, most=most)]

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _COUPONS.row(one)) for one in self.new()]
        changed = [updated(before, _COUPONS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(coupons), new), Flush(update_of(coupons), changed, "coupon")]

    def _mine_of(self, order_id: OrderId, rows: Sequence[Mapping[str, Any]]) -> Sequence[Coupon]:
        found = {one.id: one for one in map(_COUPONS.state, rows)}
        found |= {id: state for id, (_, state) in self._staged.items()}
        return [found[id] for id in sorted(found) if found[id].used_by == order_id]


class SqlCouponCodes(SqlCollection[str, CouponCode]):
    """Codes; see the port."""

    table = coupon_codes

    def key(self, state: CouponCode) -> str:
        """Its seal."""
        return state.seal

    async def claim(self, seal: str) -> CouponCode | None:
        """Locked."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_CODE, seal=seal)
        return self.seen(seal, _CODES.state(rows[0]) if rows else None)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _CODES.row(one)) for one in self.new()]
        changed = [updated(before, _CODES.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(coupon_codes), new), Flush(update_of(coupon_codes), changed, "coupon code")]


@frozen
class SqlCouponQueries:
    """The read side; see the Protocol."""

    database: Database

    async def mine(self, member_id: MemberId, page: PageRequest) -> Page[HeldCoupon]:
        """The latest first."""
        at, id = key_after(page.cursor, _LATEST)
        rows = await self.database.rows(_MINE, member_id=member_id, at=at, id=UUID(id), most=page.limit + 1)
        shown = tuple(map(_held, rows[: page.limit]))
        more = len(rows) > page.limit
        return Page(shown, cursor_of(shown[-1].coupon.given_at, str(shown[-1].coupon.id)) if more else None)

    async def to_take(self, ways: frozenset[CouponWay], at: datetime) -> tuple[CouponTemplate, ...]:
        """The newest first."""
        rows = await self.database.rows(_TO_TAKE, ways=sorted(ways, key=lambda one: one.value), at=at)
        return tuple(one for one in map(_TEMPLATES.state, rows) if not has_passed(one.validity.ends_at, at))

    async def had_of(self, member_id: MemberId) -> Mapping[CouponTemplateId, int]:
        """By kind."""
        rows = await self.database.rows(_HAD, member_id=member_id)
        return {CouponTemplateId(row["template_id"]): int(row["had"]) for row in rows}

    async def templates(self, page: PageRequest) -> Page[CouponTemplate]:
        """The newest first."""
        at, id = key_after(page.cursor, _LATEST)
        rows = await self.database.rows(_LISTED, at=at, id=UUID(id), most=page.limit + 1)
        shown = tuple(map(_TEMPLATES.state, rows[: page.limit]))
        return Page(shown, cursor_of(shown[-1].made_at, str(shown[-1].id)) if len(rows) > page.limit else None)

    async def template(self, id: CouponTemplateId) -> CouponTemplate:
        """One."""
        rows = await self.database.rows(_ONE, id=id)
        if not rows:
            raise CouponTemplateNotFound(template_id=id)
        return _TEMPLATES.state(rows[0])

    async def report(self, id: CouponTemplateId) -> CouponReport:
        """What became of them."""
        template = await self.template(id)
        rows = await self.database.rows(_BECAME, template_id=id)
        counts = {row["stands"]: int(row["many"]) for row in rows}
        (made,) = await self.database.rows(_CODES_MADE, template_id=id)
        applied = sum(int(row["applied"]) for row in rows)
        return CouponReport(template=template, counts=counts, applied_minor=applied, codes=int(made["codes"]))


class Collections(SqlUnit):
    """Kinds of coupons, who has which, and codes."""

    coupon_templates = collection(SqlCouponTemplates)
    coupon_holders = collection(SqlCouponHolders)
    coupons = collection(SqlCoupons)
    coupon_codes = collection(SqlCouponCodes)


MANIFEST: Final = Manifest[CouponsWork, CouponQueries](Collections, SqlCouponQueries)
