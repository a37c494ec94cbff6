"""`retail coupons`: kinds of coupons, who has which, codes, and what became of them (CPN)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.coupons import (
    CouponIs,
    CouponReport,
    CouponTemplate,
    CouponValidity,
    CouponWay,
    HeldCoupon,
    IssueCoupon,
    MakeCouponCodes,
    StoreCouponTemplate,
    TemplateWish,
    VoidCoupon,
)
from retail_domain.kernel.coupon_terms import CouponKind, CouponTerms
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import MemberName
from retail_entrypoints.cli.tables import tabular

_ID: Final = "0192f0c1-1d2e-7000-8000-000000000001"
KINDS: Final[Columns] = {
    "template_id": lambda one: one.id,
    "name": lambda one: one.name,
    "way": lambda one: one.way,
    "kind": lambda one: one.terms.kind,
    "face_minor": lambda one: one.terms.face_minor,
    "threshold_minor": lambda one: one.terms.threshold_minor,
    "issued": lambda one: one.issued,
    "total": lambda one: one.total,
    "most_minor": lambda one: one.most_minor,
    "open": lambda one: one.is_open,
}
REPORT: Final[Columns] = {
    "name": lambda one: one.template.name,
    "issued": lambda one: one.template.issued,
    "total": lambda one: one.template.total,
    "unused": lambda one: one.of(CouponIs.UNUSED),
    "locked": lambda one: one.of(CouponIs.LOCKED),
    "used": lambda one: one.of(CouponIs.USED),
    "expired": lambda one: one.of(CouponIs.EXPIRED),
    "void": lambda one: one.of(CouponIs.VOID),
    "applied_minor": lambda one: one.applied_minor,
    "codes": lambda one: one.codes,
}
HELD: Final[Columns] = {
    "coupon_id": lambda one: one.coupon.id,
    "name": lambda one: one.says.name,
    "stands": lambda one: one.coupon.stands,
    "expires_at": lambda one: one.coupon.expires_at,
    "order_id": lambda one: one.coupon.used_by,
    "applied_minor": lambda one: one.coupon.applied_minor,
    "way": lambda one: one.coupon.way,
    "given_at": lambda one: one.coupon.given_at,
}


@click.group()
def coupons() -> None:
    """Coupons: kinds of them, who has which, codes, and what became of them."""


@coupons.command("list", epilog=example("coupons list", "coupons list --json"))
@listing
@opened
async def list_coupon_kinds(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """Kinds of coupons, the newest first; `most_minor` is what all of a kind can ever cost."""

    async def fetch(page: PageRequest) -> Page[CouponTemplate]:
        return await desk.retail.coupons.show.templates(page)

    await show_list(fetch, KINDS, as_json=as_json, limit=limit)


@coupons.command("report", epilog=example(f"coupons report {_ID}"))
@click.argument("template_id", type=click.UUID, metavar="KIND")
@tabular
@opened
async def report_coupons(desk: StaffDesk, template_id: UUID, as_json: bool) -> None:
    """What became of the coupons of KIND, and what those that were used took off."""
    told: CouponReport = await desk.retail.coupons.show.report(CouponTemplateId(template_id))
    show_rows([told], REPORT, as_json=as_json)


@coupons.command("of", epilog=example("coupons of 13800138000"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@listing
@opened
async def list_coupons_of(desk: StaffDesk, member_id: UUID, as_json: bool, limit: int) -> None:
    """Every coupon that MEMBER (phone number, login name or id) was given, the latest first."""

    async def fetch(page: PageRequest) -> Page[HeldCoupon]:
        return await desk.retail.coupons.show.mine(MemberId(member_id), page)

    await show_list(fetch, HELD, as_json=as_json, limit=limit)


async def _made_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    known = await desk.retail.coupons.show.templates(PageRequest(100))
    return next((f"{one.name} is there already: {one.id}" for one in known.items if one.name == typed["name"].strip()), None)


@coupons.command(
    "create",
    epilog=example(
        "coupons create 满100减20 --kind fixed --value-minor 2000 --threshold-minor 10000 --days 7 --total 1000 --as admin",
        "coupons create 八五折 --kind percent --percent-bps 1500 --most-minor 3000 --way code --days 30 --total 500",
    ),
)
@click.argument("name")
@click.option("--kind", type=click.Choice([one.value for one in CouponKind]), required=True, help="What it takes off.")
@click.option("--value-minor", type=int, default=0, help="So much off, for fixed and freight.")
@click.option("--percent-bps", type=int, default=0, help="So much off in hundredths of a percent, for percent.")
@click.option("--most-minor", type=int, default=0, help="No more off than this, for percent.")
@click.option("--threshold-minor", type=int, default=None, help="From so much on; else any amount will do.")
@click.option("--way", type=click.Choice([one.value for one in CouponWay]), default="self", help="How members come by it.")
@click.option("--days", type=int, required=True, help="It lasts so many days.")
@click.option("--total", type=int, required=True, help="How many there are.")
@click.option("--per-member", type=int, default=1, help="How many one member may have.")
@click.option("--points", type=int, default=0, help="What one costs, where it is taken for points.")
@click.option("--tier", "tiers", multiple=True, help="With which tiers it comes, where it comes with one; may be repeated.")
@click.option("--name-en", default="", help="Its name in English.")
@decides("coupons.store_template", repeats=_made_before)
async def create_coupon_kind(desk: StaffDesk, name: str, **said: Any) -> None:
    """Make a kind of coupon called NAME, for all goods; scopes and dates are set at the console, or over HTTP."""
    names = ("value_minor", "percent_bps", "most_minor", "threshold_minor")
    terms = CouponTerms(kind=CouponKind(said["kind"]), **{one: said[one] for one in names})
    wish = TemplateWish(
        name=name, name_en=said["name_en"], way=CouponWay(said["way"]), terms=terms, validity=CouponValidity(days=said["days"]),
        total=said["total"], per_member=said["per_member"], points=said["points"], tiers=tuple(said["tiers"]),
    )  # fmt: skip
    made = await desk.retail.coupons.store_template(StoreCouponTemplate(wish=wish, actor=desk.actor, once=desk.once))
    click.echo(f"{made.id}\nmost it can cost: {made.most_minor}")


@coupons.command("issue", epilog=example(f"coupons issue {_ID} 13800138000 --as admin"))
@click.argument("template_id", type=click.UUID, metavar="KIND")
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@decides("coupons.issue")
async def issue_coupon_of_kind(desk: StaffDesk, template_id: UUID, member_id: UUID) -> None:
    """Give MEMBER (phone number, login name or id) a coupon of KIND, within its numbers."""
    wish = IssueCoupon(
        member_id=MemberId(member_id), template_id=CouponTemplateId(template_id), actor=desk.actor, once=desk.once
    )
    given = await desk.retail.coupons.issue(wish)
    click.echo(f"{given.coupon_id} until {given.expires_at.isoformat()}")


async def _codes_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    told = await desk.retail.coupons.show.report(CouponTemplateId(typed["template_id"]))
    return f"{told.codes} codes of this kind were made already" if told.codes else None


@coupons.command("codes", epilog=example(f"coupons codes {_ID} --count 100 --as admin", f"coupons codes {_ID} --for-everybody"))
@click.argument("template_id", type=click.UUID, metavar="KIND")
@click.option("--count", type=int, default=1, help="So many, each of which is used once.")
@click.option("--for-everybody", is_flag=True, help="One that everybody uses, as long as there are coupons.")
@decides("coupons.make_codes", repeats=_codes_before)
async def make_codes_of_kind(desk: StaffDesk, template_id: UUID, count: int, for_everybody: bool) -> None:
    """Make codes by which coupons of KIND are taken; they are told this once, and kept nowhere that could be read."""
    wish = MakeCouponCodes(
        template_id=CouponTemplateId(template_id), actor=desk.actor, count=count, for_everybody=for_everybody, once=desk.once
    )
    click.echo("\n".join((await desk.retail.coupons.make_codes(wish)).codes))


@coupons.command("void", epilog=example(f'coupons void {_ID} --reason "given by mistake" --as admin'))
@click.argument("coupon_id", type=click.UUID, metavar="COUPON")
@click.option("--reason", required=True, help="Why.")
@decides("coupons.void")
async def void_one_coupon(desk: StaffDesk, coupon_id: UUID, reason: str) -> None:
    """Take COUPON back, which nobody has used."""
    wish = VoidCoupon(coupon_id=CouponId(coupon_id), reason=reason, actor=desk.actor, once=desk.once)
    click.echo((await desk.retail.coupons.void(wish)).stands.value)
