"""`retail tiers`: the ladder, who stands where, and tiers that staff give (LVL-R1 to LVL-R9)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import click

from retail_domain.kernel.ids import MemberId
from retail_domain.tiers import GrantTier, TakeTierAway, Tier, TierCount
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, opened, show_json, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import MemberName, moment_typed
from retail_entrypoints.cli.tables import tabular

_UNTIL: Final = "2027-01-31T00:00:00+08:00"


def _needs(tier: Tier) -> str:
    joined = f" {'and' if tier.together.value == 'all' else 'or'} "
    return joined.join(f"{metric.value} {least}" for metric, least in tier.needs.items()) or "nothing"


LADDER: Final[Columns] = {
    "tier": lambda one: one.tier.code,
    "name": lambda one: one.tier.name,
    "asks": lambda one: _needs(one.tier),
    "discount_bps": lambda one: one.tier.benefits.discount_bps,
    "free_freight_from": lambda one: one.tier.benefits.free_freight_from_minor,
    "members": lambda one: one.members,
}
MISSING: Final[Columns] = {
    "metric": lambda one: one.metric.value,
    "have": lambda one: one.have,
    "need": lambda one: one.need,
    "missing": lambda one: one.missing,
}


@click.group()
def tiers() -> None:
    """Tiers of members: who stands where, and what staff give; `tiers.ladder` is the ladder."""


@tiers.command("list", epilog=example("tiers list", "tiers list --json"))
@tabular
@opened
async def list_tiers(desk: StaffDesk, as_json: bool) -> None:
    """The ladder that is in force, and how many members have earned each tier."""
    ladder, counts = await desk.retail.tiers.ladder(), await desk.retail.tiers.counts()
    lowest = TierCount(tier=ladder.tiers[0], members=0)
    show_rows((lowest, *counts), {**LADDER, "members": _members}, as_json=as_json)


def _members(one: TierCount) -> int | None:
    return one.members if one.tier.needs else None


@tiers.command("show", epilog=example("tiers show 13800138000"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@opened
async def show_member_tier(desk: StaffDesk, member_id: UUID) -> None:
    """The tier of MEMBER (phone number, login name or id), until when it is kept, and what is missing to the next, as JSON."""
    view = await desk.retail.tiers.show(MemberId(member_id))
    show_json({
        "tier": view.tier.code,
        "keep_until": view.keep_until,
        "granted_until": view.grant.until if view.grant else None,
        "next": view.next.code if view.next else None,
        "missing": [{name: column(one) for name, column in MISSING.items()} for one in view.missing],
    })  # fmt: skip


@tiers.command(
    "grant", epilog=example(f'tiers grant 13800138000 gold --until {_UNTIL} --reason "a guest of the house" --as admin')
)
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.argument("tier")
@click.option("--until", required=True, callback=moment_typed, help="when it ends")
@click.option("--reason", required=True, help="why")
@decides("tiers.grant")
async def grant_member_tier(desk: StaffDesk, member_id: UUID, tier: str, until: datetime, reason: str) -> None:
    """Give MEMBER (phone number, login name or id) a TIER until some moment, whatever they have bought."""
    wish = GrantTier(actor=desk.actor, member_id=MemberId(member_id), tier=tier, until=until, reason=reason, once=desk.once)
    await desk.retail.tiers.grant(wish)
    click.echo(f"{tier} until {until.isoformat()}")


@tiers.command("take-away", epilog=example('tiers take-away 13800138000 --reason "it was a mistake" --as admin'))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.option("--reason", required=True, help="why")
@decides("tiers.take_away")
async def take_member_tier_away(desk: StaffDesk, member_id: UUID, reason: str) -> None:
    """Take back the tier that MEMBER (phone number, login name or id) was given; what was earned stays."""
    wish = TakeTierAway(actor=desk.actor, member_id=MemberId(member_id), reason=reason, once=desk.once)
    standing = await desk.retail.tiers.take_away(wish)
    click.echo(f"earned: {standing.tier}")
