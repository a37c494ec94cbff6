"""Coupons are taken, redeemed, given by staff, and come with a membership or a tier (CPN-R1, CPN-R2, PTS-R10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from retail_domain.accounts import AuditTrail, MemberRegistered, Members, StaffAction
from retail_domain.coupons import (
    CODES_MAX,
    CodesMade,
    Coupon,
    CouponCode,
    CouponCodeUnknown,
    CouponGiven,
    CouponLimitReached,
    CouponNotFound,
    CouponNotNow,
    CouponNotToTake,
    CouponsGone,
    CouponTemplate,
    CouponWay,
    IssueCoupon,
    MakeCouponCodes,
    RedeemCouponCode,
    RuledCouponsWork,
    StoreCouponTemplate,
    TakeCoupon,
    TooManyCoupons,
    VoidCoupon,
    answer_of_giving,
    claimed_template,
    code_seal,
    give_one,
    minted_code,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.costs import COUPON_CODE, Whose
from retail_domain.kernel.counting import Allowance, Counted, Counters, Sealer, TooOften, key_of, line_of
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput, require_seen
from retail_domain.kernel.frames import Answered, RefusedAllTheSame
from retail_domain.kernel.ids import CouponTemplateId, MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.reading import LINE
from retail_domain.points import Because, PointsCause, RuledPointsWork, claimed, keep
from retail_domain.tiers import TierRose

REASON_MAX = 200


class TakingCouponsWork(RuledCouponsWork, RuledPointsWork, Protocol):
    """The unit of work in which members take coupons."""


class RedeemingWork(TakingCouponsWork, Protocol):
    """The same, where tries are counted."""

    @property
    def counters(self) -> Counters: ...


class StaffCouponsWork(RuledCouponsWork, Protocol):
    """The unit of work in which staff decide about coupons."""

    @property
    def members(self) -> Members: ...
    @property
    def audit_trail(self) -> AuditTrail: ...


# ---- members ---------------------------------------------------------------------------------------------------------


async def take_coupon(work: TakingCouponsWork, command: TakeCoupon, means: Means) -> CouponGiven:
    """A member takes a coupon; the points that it costs are spent in the same transaction (PTS-R10).

    Raises CouponTemplateNotFound, CouponNotToTake, CouponNotNow, CouponsGone, CouponLimitReached, TooManyCoupons, TooFewPoints.
    """
    template, at = await claimed_template(work, command.template_id), means.clock.now()
    if template.way not in (CouponWay.SELF, CouponWay.POINTS):
        raise CouponNotToTake(template_id=template.id)
    template.check_open(at)
    coupon = await give_one(work, template, command.member_id, template.way, means)
    if template.way is CouponWay.POINTS:
        ledger = await claimed(work, command.member_id)
        keep(work, ledger.deduct(template.points, PointsCause(Because.COUPON, str(coupon.id)), at, template.name))
    return answer_of_giving(coupon, template)


async def redeem_code(work: RedeemingWork, command: RedeemCouponCode, means: Means, sealer: Sealer) -> Answered[CouponGiven]:
    """A member takes a coupon by a code; one that opens nothing is counted, for the member and for the line.

    Raises CouponCodeUnknown, CouponCodeUsed, TooOften, CouponNotToTake, CouponNotNow, CouponsGone, CouponLimitReached,
    TooManyCoupons.
    """
    told = await work.answers.recall(command.once, CouponGiven)
    if told is not None:
        return Answered.unchanged(told)
    at = means.clock.now()
    tries = await Counted.claimed(work.counters, _allowances(sealer, command))
    wait_seconds = tries.wait_seconds(at=at)
    if wait_seconds is not None:
        raise TooOften(retry_after_seconds=wait_seconds)
    code = await work.coupon_codes.claim(code_seal(sealer, command.code))
    if code is None:
        tries.note(at=at)
        raise RefusedAllTheSame(CouponCodeUnknown())
    template = await claimed_template(work, code.template_id)
    template.check_open(at)
    coupon = await give_one(work, template, command.member_id, CouponWay.CODE, means)
    work.coupon_codes.save(Change(code, code.use()))
    given = answer_of_giving(coupon, template)
    return Answered(given, remembered=given)


def _allowances(sealer: Sealer, command: RedeemCouponCode) -> Mapping[str, Allowance]:
    whose = ((Whose.ACCOUNT, "account", str(command.member_id)), (Whose.LINE, "address", line_of(command.client)))
    return {
        key_of(sealer, "coupon code", kind, who, one): one for share, kind, who in whose for one in COUPON_CODE.often(share)
    }


# ---- staff -----------------------------------------------------------------------------------------------------------


@brings(Effect.COUPONS)
async def store_coupon_template(work: StaffCouponsWork, command: StoreCouponTemplate, means: Means) -> CouponTemplate:
    """A kind of coupon is made, or says something else from now on.

    Raises CouponTemplateNotFound, ChangedMeanwhile, CouponTotalTooSmall.
    """
    at = means.clock.now()
    if command.template_id is None:
        change = CouponTemplate.made(CouponTemplateId(means.ids.new()), command.wish, at=at)
    else:
        known = await claimed_template(work, command.template_id)
        require_seen(command.seen, known.edition)
        change = known.rewritten(command.wish)
    if change.state is not change.before:
        work.coupon_templates.save(change)
        _note(work, command.actor, "coupons.template", f"{change.state.id} {change.state.edition}", at)
    return change.state


@brings(Effect.COUPONS)
async def issue_coupon(work: StaffCouponsWork, command: IssueCoupon, means: Means) -> CouponGiven:
    """Staff give a member one, within the limits of its kind.

    Raises MemberNotFound, CouponTemplateNotFound, CouponNotNow, CouponsGone, CouponLimitReached, TooManyCoupons.
    """
    (await work.members.get(command.member_id)).here()
    template = await claimed_template(work, command.template_id)
    coupon = await give_one(work, template, command.member_id, CouponWay.STAFF, means)
    _note(work, command.actor, "coupons.issue", f"{command.member_id} {coupon.id}", means.clock.now())
    return answer_of_giving(coupon, template)


@brings(Effect.COUPONS)
async def void_coupon(work: StaffCouponsWork, command: VoidCoupon, means: Means) -> Coupon:
    """A coupon that nobody has used is taken back. Raises CouponNotFound, CouponInUse, InvalidInput."""
    reason = LINE.read(command.reason, "reason", REASON_MAX, 1)
    coupon = (await work.coupons.claim([command.coupon_id])).get(command.coupon_id)
    if coupon is None:
        raise CouponNotFound(coupon_id=command.coupon_id)
    change = coupon.void()
    if change.state is not coupon:
        work.coupons.save(change)
        _note(work, command.actor, "coupons.void", f"{coupon.id}: {reason}", means.clock.now())
    return change.state


@brings(Effect.COUPONS)
async def make_coupon_codes(work: StaffCouponsWork, command: MakeCouponCodes, means: Means, sealer: Sealer) -> CodesMade:
    """Codes for a kind that is taken by code: told once, and kept sealed.

    Raises CouponTemplateNotFound, CouponNotToTake, InvalidInput.
    """
    most = 1 if command.for_everybody else CODES_MAX
    if not 1 <= command.count <= most:
        raise InvalidInput.of("count", "range", f"1 to {most}")
    template, at = await claimed_template(work, command.template_id), means.clock.now()
    if template.way is not CouponWay.CODE:
        raise CouponNotToTake(template_id=template.id)
    codes = tuple(minted_code(means.luck) for _ in range(command.count))
    limit = None if command.for_everybody else 1
    for code in sorted(codes, key=lambda one: code_seal(sealer, one)):
        made = CouponCode(seal=code_seal(sealer, code), template_id=template.id, most=limit, made_at=at)
        work.coupon_codes.save(Change(None, made))
    _note(work, command.actor, "coupons.codes", f"{template.id} {command.count}", at)
    return CodesMade(template_id=template.id, codes=codes)


def _note(work: StaffCouponsWork, actor: Actor, action: str, object: str, at: datetime) -> None:
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=object, at=at))


# ---- what follows by itself ------------------------------------------------------------------------------------------


async def welcome_with_coupons(work: RuledCouponsWork, event: MemberRegistered, means: Means) -> None:
    """Whoever has become a member is given what newcomers have, as far as there is any."""
    await _given(work, await work.coupon_templates.open_ones(CouponWay.REGISTRATION), event.member_id, means)


async def rise_with_coupons(work: RuledCouponsWork, event: TierRose, means: Means) -> None:
    """Whoever has risen is given what comes with the tier."""
    await _given(work, await work.coupon_templates.open_ones(CouponWay.TIER), event.member_id, means, event.tier)


async def _given(
    work: RuledCouponsWork, ids: Iterable[CouponTemplateId], member_id: MemberId, means: Means, tier: str = ""
) -> None:
    for id in sorted(ids):
        template = await claimed_template(work, id)
        if tier and tier not in template.tiers:
            continue
        try:
            template.check_open(means.clock.now())
            await give_one(work, template, member_id, template.way, means)
        except (CouponsGone, CouponLimitReached, CouponNotNow, CouponNotToTake, TooManyCoupons):
            continue  # it comes by itself, and nobody waits for an answer
