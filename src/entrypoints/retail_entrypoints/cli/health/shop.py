"""The database and the shop on it: reachable, current, in time; what waits, what is for show only, what is set (DOR-R9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

from retail_adapters.sql.database import Database
from retail_adapters.sql.health import backlog, hashes_of, time_of
from retail_adapters.system.passwords import Argon2Passwords
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.paging import PageRequest
from retail_domain.payments.gateway import GatewayError, MerchantRef, PaymentGateway
from retail_domain.settings import SettingsView
from retail_entrypoints.cli.demo_data.accounts import ADMIN_LOGIN, MEMBER_LOGIN
from retail_entrypoints.cli.demo_data.demo import PASSWORD
from retail_entrypoints.cli.health.diagnosis import Diagnosis, ill, odd, well
from retail_entrypoints.container import OpenShop
from retail_entrypoints.databases import check_schema, is_file, place_of
from retail_entrypoints.settings import Settings

LATE: Final = timedelta(minutes=5)
"""So long a worker may take before it is missed."""
APART: Final = timedelta(seconds=1)
FAR_APART: Final = timedelta(seconds=30)
"""Providers refuse what is signed by a clock that is minutes off, and deadlines would move."""
_NO_PAYMENT: Final = MerchantRef("doctor" + "0" * 26)
_LAWFUL: Final = ("shop.company", "shop.licence", "shop.record_number", "shop.terms_url", "shop.privacy_url")


async def of_schema(settings: Settings) -> Diagnosis:
    """Whether the database is there, and at this release's schema."""
    found, wanted = await asyncio.to_thread(check_schema, settings)
    if found == wanted:
        return well("schema", f"{wanted}, this release's")
    if found is None:
        return ill("schema", f"there is no shop in {place_of(settings)}", "look at RETAIL_DATABASE_URL, or `retail db upgrade`")
    return ill("schema", f"it is {found}, and this release's is {wanted}", "retail db upgrade")


async def of_clock(shop: OpenShop, database: Database) -> Diagnosis:
    """How far the clocks of this machine and of the database are apart."""
    if shop.settings.test_clock is not None:
        return odd("clock", f"the time is what {shop.settings.test_clock} says", "take RETAIL_TEST_CLOCK out")
    if is_file(shop.settings):
        return well("clock", "the database lives on this machine, and has its time")
    theirs = await time_of(database)
    apart = abs(shop.clock.now() - theirs)
    says = f"this machine and the database are {apart.total_seconds():.1f} s apart"
    if apart < APART:
        return well("clock", says)
    do = "set both by one time server (NTP): deadlines and planned settings go by the clock"
    return odd("clock", says, do) if apart < FAR_APART else ill("clock", says, do)


async def of_backlog(shop: OpenShop, database: Database) -> AsyncIterator[Diagnosis]:
    """What a worker should have done by now, and what only a person can decide."""
    waits = await backlog(database, before=shop.clock.now() - LATE)
    late = {
        "deliveries": waits.deliveries_late, "orders whose time has come": waits.orders_overdue,
        "payments to ask about": waits.payments_unasked, "refunds to send": waits.refunds_late,
        "rows of the trail to seal": waits.trail_unsealed,
    }  # fmt: skip
    told = [f"{many} {what}" for what, many in late.items() if many]
    if told:
        says = f"{', '.join(told)} have waited for {LATE.seconds // 60} minutes or more"
        yield ill("backlog", says, "is a worker running? `retail worker`")
    else:
        yield well("backlog", "nothing waits for a worker")
    if waits.deliveries_parked:
        yield odd("backlog", f"{waits.deliveries_parked} deliveries were given up", "retail outbox list --parked")
    if waits.refunds_stuck:
        yield odd("backlog", f"{waits.refunds_stuck} refunds need a person", "retail refunds stuck")


async def of_people(shop: OpenShop, database: Database, *, is_production: bool) -> AsyncIterator[Diagnosis]:
    """Somebody must be able to look after the shop, and nobody by a password that everybody knows."""
    staff = (await shop.retail.accounts.show.staff(PageRequest(100))).items
    if not any("admin" in [role.value for role in one.roles] for one in staff):
        yield odd("staff", "nobody is an admin", "retail staff add LOGIN --role admin")
    hashes, passwords = await hashes_of(database, (ADMIN_LOGIN, MEMBER_LOGIN)), Argon2Passwords()
    known = [login for login, one in sorted(hashes.items()) if await passwords.matches(one, PASSWORD)]
    if not known:
        yield well("demo data", "nobody has the password of the demonstration")
        return
    says = f"{' and '.join(known)} can be logged in with the password of the demonstration"
    do = "this is a demonstration shop: begin one of your own with `retail db upgrade`"
    yield ill("demo data", says, do) if is_production else well("demo data", f"{says}, which production would refuse")


async def of_run_time_settings(shop: OpenShop, *, is_production: bool) -> AsyncIterator[Diagnosis]:
    """Whether what is set can be read (SET-R7), and what the law wants of a shop that sells to people."""
    found: SettingsView = await shop.retail.settings.show_all()
    broken = [one.name for one in found.settings if not one.is_readable]
    if broken:
        says = f"{', '.join(broken)}: what is stored is no value of this release, and what is usual holds"
        yield ill("run-time settings", says, "retail settings set NAME=VALUE")
    else:
        yield well("run-time settings", f"version {found.version}, all of them can be read")
    empty = [one.name for one in found.settings if one.name in _LAWFUL and not one.value]
    if empty and is_production:
        yield odd("run-time settings", f"nothing is said of {', '.join(empty)}", "retail settings set NAME=VALUE")


async def of_provider(code: str, gateway: PaymentGateway, *, is_production: bool) -> Diagnosis:
    """Whether a provider answers: it is asked about a payment that there never was."""
    check, do = f"provider {code}", f"look at RETAIL_{code.upper()}_* and at the network"
    if code == "sandbox":
        do = f"{do}; `retail simulator sandbox` starts one"
    try:
        await gateway.query(_NO_PAYMENT)
    except GatewayError as refused:
        says = f"it does not answer as it should: {refused.sentence()} [{refused.code}]"
        return ill(check, says, do) if is_production else odd(check, says, do)
    return well(check, "it answers")


async def of_pictures(files: Any) -> Diagnosis:
    """Whether the place of pictures answers: it is asked for one that there never was."""
    try:
        await files.open("sent/" + "0" * 32)
    except DomainError as away:
        return ill("pictures", f"their place cannot be reached: {away}", "look at RETAIL_PICTURES and RETAIL_PICTURES_*")
    return well("pictures", "their place answers")
