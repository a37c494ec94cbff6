"""Beasts of settings: halves of a change, what is kept too long, steps too many, and a doctor who sees nothing."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, REPOSITORIES, UNIT, Beast, Patch

_MODEL = f"{DOMAIN}/settings/model.py"
_BOOK = f"{REPOSITORIES}/settings.py"
_CHANGES = f"{UNIT}/test_settings_changes.py"
_SHOP = f"{CONTRACT}/test_settings.py"

BEASTS = (
    Beast(
        name="settings-are-kept-for-good",
        says="a process that has read settings once never looks whether they were changed",
        origin="SET-R4: elsewhere settings are cached in each worker until it is restarted",
        patches=(Patch(_BOOK, "if known is not None and known.newest == newest:", "if known is not None:"),),
        catchers=(_SHOP,),
    ),
    Beast(
        name="settings-of-a-hosts-transaction-are-kept",
        says="what was read in a transaction of the host is kept, though the host may roll it back",
        origin="SET-R4, GEN-R20",
        patches=(Patch(_BOOK, "        if self._session.tools.own_transactions:\n", "        if True:\n"),),
        catchers=("tests/integration/test_joined.py",),
    ),
    Beast(
        name="region-that-is-not-served-is-ordered-to",
        says="a quote from before a region was closed is still ordered",
        origin="SET-R6",
        patches=(
            Patch(f"{DOMAIN}/processes/purchase/checkout.py", "    check_served(in_force, quote.delivery.region_code)\n", ""),
        ),
        catchers=(_SHOP,),
    ),
    Beast(
        name="rests-though-it-was-set-anew",
        says="a worker that found no silent line looks for none for an hour, though the shop has set when lines are done with",
        origin="SET-R4, ORD-R8",
        patches=(
            Patch(f"{DOMAIN}/processes/worker/due.py", "        if rests and under == self._went_by:\n", "        if rests:\n"),
        ),
        catchers=(_SHOP,),
    ),
    Beast(
        name="reminds-as-it-always-did",
        says="who has not paid is reminded ten minutes before the end, whatever the shop has set",
        origin="SET-R1, MSG-R9",
        patches=(
            Patch(
                f"{DOMAIN}/messages/use_cases/telling.py",
                "(await work.settings.timetable()).at(wanted.at).of(PAY_SOON_SECONDS, usual_seconds)",
                "usual_seconds",
            ),
        ),
        catchers=(_SHOP,),
    ),
    Beast(
        name="clock-that-is-behind-has-no-say",
        says="a change is dated by the clock of its process alone, so one that is behind changes nothing",
        origin="SET-R3",
        patches=(Patch(_MODEL, "return max(at, self.changes[-1].at) if self.changes else at", "return at"),),
        catchers=(_CHANGES,),
    ),
    Beast(
        name="step-back-takes-two",
        says="what was before the step back can be taken back as well",
        origin="SET-R5",
        patches=(Patch(_MODEL, "(one.has_begun(at) and number != self._newest_in_force(at))", "False"),),
        catchers=(_CHANGES,),
    ),
    Beast(
        name="doctor-stops-at-the-first",
        says="the doctor tells the first setting that is wrong, and nothing else of it",
        origin="DOR-R9",
        patches=(
            Patch(
                "src/entrypoints/retail_entrypoints/cli/health/environment.py",
                "_WRONG_MAX: Final = 100",
                "_WRONG_MAX: Final = 1",
            ),
        ),
        catchers=("tests/e2e/test_cli_doctor.py",),
    ),
)
