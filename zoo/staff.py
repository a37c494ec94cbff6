"""Beasts behind the counter: whoever reaches into another store, gives what they lack, or decides alone."""

from __future__ import annotations

from zoo.beast import DOMAIN, UNIT, Beast, Patch

_PLACES = "tests/e2e/test_bound_to_places.py"
_TWO = "tests/e2e/test_second_person.py"
_ROLES = f"{UNIT}/test_custom_roles.py"
_SECONDING = f"{DOMAIN}/processes/staff/seconding.py"

BEASTS = (
    Beast(
        name="price-cuts-are-measured-one-by-one",
        says="each price of an order is compared with the one before it alone, so many small cuts need nobody else",
        origin="ACC-R14",
        patches=(
            Patch(
                f"{DOMAIN}/processes/money/repricing.py",
                "second.check(PRICE_CUT, cut_in_all(after.lines), command)",
                "second.check(PRICE_CUT, order.payable_minor - after.payable_minor, command)",
            ),
        ),
        catchers=(_TWO,),
    ),
    Beast(
        name="approval-stays-open",
        says="what was approved waits on, so whoever comes by next carries it out once more",
        origin="ACC-R14, R5",
        patches=(
            Patch(
                _SECONDING,
                '    work.approvals.save(change)\n    _note(work, actor, "approval.approve", approval, means)\n',
                '    _note(work, actor, "approval.approve", approval, means)\n',
            ),
        ),
        catchers=("tests/simulation/test_seconding.py::test_nothing_above_a_limit_happens_without_two_people",),
        seconds=240,
    ),
    Beast(
        name="bound-clerk-counts-everywhere",
        says="who is bound to a place counts stock by file wherever they like",
        origin="ACC-R13, R35",
        patches=(
            Patch(
                "src/adapters/retail_adapters/assemble.py",
                "edits=within_places(parts, edits(parts))",
                "edits=edits(parts)",
            ),
        ),
        catchers=(f"{_PLACES}::test_whatever_says_where_somebody_may_act_is_kept_there_in_every_part_of_the_shop",),
    ),
    Beast(
        name="bound-clerk-decides-everywhere",
        says="what a wish names is not looked up before it is decided",
        origin="ACC-R13, R35",
        patches=(
            Patch(
                f"{DOMAIN}/processes/staff/places.py",
                '        if getattr(wish, "within", EVERYWHERE) != EVERYWHERE:\n',
                '        if getattr(wish, "within", EVERYWHERE) is None:\n',
            ),
        ),
        catchers=(f"{_PLACES}::test_what_lies_at_another_place_is_not_there_in_any_decision[memory]",),
        seconds=240,
    ),
    Beast(
        name="silent-route-lets-the-bound-in",
        says="a route that does not ask where somebody may act lets whoever is bound see the whole shop",
        origin="ACC-R13, R35",
        patches=(
            Patch(
                "src/entrypoints/retail_entrypoints/http/guards.py",
                "    if caller.may_be_bound and not opt[KEEPS_WITHIN] and",
                "    if caller.may_be_bound and opt[KEEPS_WITHIN] is None and",
            ),
        ),
        catchers=(f"{_PLACES}::test_what_concerns_the_whole_shop_is_for_whoever_is_not_bound[memory]",),
        seconds=240,
    ),
    Beast(
        name="manager-gives-what-they-lack",
        says="whoever manages the staff gives rights that they do not have, and passwords of people who have them",
        origin="ACC-R12, R35",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/use_cases/managing.py",
                "        if not rights.where.get(permission, NOWHERE).covers(places):\n",
                "        if permission not in Permission:\n",
            ),
        ),
        catchers=(f"{_ROLES}::test_nobody_gives_takes_or_changes_what_they_do_not_have",),
    ),
    Beast(
        name="roles-take-rights-away",
        says="of the same right from two roles only the places of the last one hold",
        origin="ACC-R12",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/model/custom_roles.py",
                "where[permission].either(places) if permission in where else places",
                "places",
            ),
        ),
        catchers=(_ROLES,),
    ),
    Beast(
        name="approves-their-own",
        says="whoever asked for something large approves it as well",
        origin="ACC-R14",
        patches=(Patch(_SECONDING, "    if await _is_own(work, approval, actor):\n", "    if approval is None:\n"),),
        catchers=(f"{_TWO}::test_nobody_approves_what_is_their_own_or_what_they_could_not_do[memory]",),
        seconds=240,
    ),
    Beast(
        name="approved-is-done-again",
        says="a request that was decided is carried out once more by whoever approves it next",
        origin="ACC-R14, R13",
        patches=(
            Patch(
                f"{DOMAIN}/approvals/model.py",
                "        if self.state is not ApprovalState.WAITING:\n            raise ApprovalDecided(approval_id=self.id)\n",
                "",
            ),
        ),
        catchers=(f"{_TWO}::test_a_request_is_refused_taken_back_or_expires_and_then_nothing_is_done[memory]",),
        seconds=240,
    ),
)
