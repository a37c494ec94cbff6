"""A demo member with an address, and the admin."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from retail_domain.accounts import LoginFailed, Purpose, Role
from retail_domain.accounts.use_cases.addresses import AddAddress, ContactAsTyped
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.open_session import LoggedIn
from retail_domain.accounts.use_cases.passwords import Register
from retail_domain.accounts.use_cases.prove import Proof
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.accounts.use_cases.staff import AddStaff
from retail_domain.application import Retail
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId
from retail_entrypoints.cli.demo_data.demo import ACTOR, PASSWORD, Demo, once

MEMBER_LOGIN: Final = "demo"
ADMIN_LOGIN: Final = "admin"
MEMBER_PHONE: Final = "+8613800138000"


async def welcome_a_member(demo: Demo) -> None:
    """Registered with a code like everybody, and at home in Shanghai."""
    demo.member_id = await _member(demo)
    contact = ContactAsTyped(
        recipient="小明", phone=Phone.parse(MEMBER_PHONE), region_code="310000", region="上海市", detail="南京东路1号"
    )
    await demo.retail.accounts.add_address(
        AddAddress(member_id=demo.member_id, contact=contact, is_default=True, once=once("address"))
    )


async def add_the_admin(retail: Retail) -> None:
    """Last of all, since it is what a second start looks for."""
    await retail.accounts.add_staff(
        AddStaff(login=ADMIN_LOGIN, password=PASSWORD, name="Demo admin", roles=(Role.ADMIN,), actor=ACTOR)
    )


async def _member(demo: Demo) -> MemberId:
    with suppress(LoginFailed):
        known = await demo.retail.accounts.log_in_with_password(LogInWithPassword(login=MEMBER_LOGIN, password=PASSWORD))
        return _id_of(known)
    sent = await demo.retail.accounts.send_code(SendCode(phone=Phone.parse(MEMBER_PHONE), purpose=Purpose.REGISTER))
    proof = Proof(challenge_id=sent.challenge_id, code=demo.caught.codes[-1])
    wish = Register(proof=proof, login=MEMBER_LOGIN, password=PASSWORD, name="小明 Demo member")
    return _id_of(await demo.retail.accounts.register(wish))


def _id_of(logged_in: LoggedIn) -> MemberId:
    assert logged_in.member_id is not None
    return logged_in.member_id


DEMO: Final = (welcome_a_member,)
