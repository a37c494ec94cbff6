"""Races at the door: codes, tries, names, addresses, roles, sessions."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from retail_domain.accounts import (
    AddAddress,
    AddStaff,
    AdmitMember,
    BanMember,
    ChangeRoles,
    ContactAsTyped,
    LogInWithCode,
    LogInWithPassword,
    LogOut,
    Proof,
    Purpose,
    Role,
    SendCode,
    SessionInvalid,
    StaffView,
)
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.people import PHONE
from tests.races.race import CODES_PER_ADDRESS, GUESSES_PER_ADDRESS, TRIES_PER_ADDRESS, TRIES_PER_NAME, Heat, Race, Scene
from tests.support.market import CLERK
from tests.support.shop import Call, Shop, Told

_ADMINS = 4
_ADDRESSES_MAX = 50


def _phone(scene: Scene) -> Phone:
    return Phone.parse(f"139{scene.number():08d}")


async def _code(scene: Scene, purpose: Purpose = Purpose.LOGIN) -> Proof:
    """A code that came by phone."""
    return await _code_for(scene, _phone(scene), purpose)


async def _code_for(scene: Scene, phone: Phone, purpose: Purpose = Purpose.LOGIN) -> Proof:
    asked = SendCode(phone=phone, purpose=purpose, client=_line(scene))
    sent = await scene.shop.retail.accounts.send_code(asked)
    return Proof(challenge_id=sent.challenge_id, code=scene.sms.code, client=asked.client)


def _line(scene: Scene) -> str:
    """An address line that nobody else has: what is counted for it decides no race about something else."""
    return f"c{scene.number()}"


async def _tries_of_a_code(scene: Scene) -> Heat:
    right = await _code(scene)
    wrong = [code for code in (f"{number:06}" for number in range(scene.rivals + 1)) if code != right.code]
    guesses: list[Call] = [
        ("accounts.log_in_with_code", LogInWithCode(proof=evolve(right, code=code, client=_line(scene))))
        for code in wrong[: scene.rivals]
    ]
    return Heat(calls=guesses, allowed=5, refusals=("auth.code_wrong", "auth.too_many"), won=_wrong)


async def _guesses_of_an_address(scene: Scene) -> Heat:
    """Each at a code of its own, which has tries left: only the line is used up."""
    line = _line(scene)
    codes = [await _code(scene) for _ in range(scene.rivals)]
    guesses: list[Call] = [
        ("accounts.log_in_with_code", LogInWithCode(proof=evolve(one, code=_other(one.code), client=line))) for one in codes
    ]
    return Heat(calls=guesses, allowed=GUESSES_PER_ADDRESS, refusals=("auth.code_wrong", "auth.too_many"), won=_wrong)


def _other(code: str) -> str:
    return "000000" if code != "000000" else "000001"


async def _wrong(_shop: Shop, answers: Sequence[Told]) -> int:
    return sum(1 for one in answers if one.code == "auth.code_wrong")


async def _uses_of_a_code(scene: Scene) -> Heat:
    right = await _code(scene)
    logins: list[Call] = [
        ("accounts.log_in_with_code", LogInWithCode(proof=evolve(right, client=_line(scene)))) for _ in range(scene.rivals)
    ]
    return Heat(calls=logins, allowed=1, refusals=("auth.code_expired",))


async def _codes_of_a_phone(scene: Scene) -> Heat:
    phone = _phone(scene)
    asks: list[Call] = [
        ("accounts.send_code", SendCode(phone=phone, purpose=Purpose.LOGIN, client=_line(scene))) for _ in range(scene.rivals)
    ]
    return Heat(calls=asks, allowed=3, refusals=("auth.too_many_codes",))


async def _codes_of_an_address(scene: Scene) -> Heat:
    client = _line(scene)
    asks: list[Call] = [
        ("accounts.send_code", SendCode(phone=_phone(scene), purpose=Purpose.LOGIN, client=client)) for _ in range(scene.rivals)
    ]
    return Heat(calls=asks, allowed=CODES_PER_ADDRESS, refusals=("auth.too_many_codes",))


async def _tries_of_a_name(scene: Scene) -> Heat:
    name = f"nobody{scene.number()}"
    tries: list[Call] = [
        ("accounts.log_in_with_password", LogInWithPassword(login=name, password="x" * 12, client=_line(scene)))
        for _ in range(scene.rivals)
    ]
    return Heat(calls=tries, allowed=TRIES_PER_NAME, refusals=("auth.login_failed", "auth.too_many"), won=_failed)


async def _tries_of_an_address(scene: Scene) -> Heat:
    client = _line(scene)
    tries: list[Call] = [
        ("accounts.log_in_with_password", LogInWithPassword(login=f"nobody{scene.number()}", password="x" * 12, client=client))
        for _ in range(scene.rivals)
    ]
    return Heat(calls=tries, allowed=TRIES_PER_ADDRESS, refusals=("auth.login_failed", "auth.too_many"), won=_failed)


async def _failed(_shop: Shop, answers: Sequence[Told]) -> int:
    return sum(1 for one in answers if one.code == "auth.login_failed")


async def _members_of_a_phone(scene: Scene) -> Heat:
    admitted = AdmitMember(actor=CLERK, phone=_phone(scene))
    return Heat(calls=scene.dealt(("accounts.admit_member", admitted)), allowed=1, refusals=("account.phone_taken",))


async def _staff_of_a_name(scene: Scene) -> Heat:
    added = AddStaff(login=f"clerk{scene.number()}", password="correct horse", name="A Clerk", roles=(Role.CLERK,), actor=CLERK)
    return Heat(calls=[("accounts.add_staff", added)] * 12, allowed=1, refusals=("account.name_taken",))


async def _addresses_of_a_member(scene: Scene) -> Heat:
    buyer = await scene.newcomer()  # with one address
    for _ in range(_ADDRESSES_MAX - 6):
        await scene.shop.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=_typed()))
    call = ("accounts.add_address", AddAddress(member_id=buyer.id, contact=_typed()))
    return Heat(calls=scene.dealt(call), allowed=5, refusals=("address.too_many",))


async def _default_addresses(scene: Scene) -> Heat:
    buyer = await scene.newcomer()

    async def defaults(shop: Shop, answers: Sequence[Told]) -> int:
        book = await shop.retail.accounts.show.address_book(buyer.id)
        added = sum(1 for one in answers if one.is_done)
        assert len(book.addresses) == added + 1
        return sum(1 for one in book.addresses if one.id == book.default_id)

    call = ("accounts.add_address", AddAddress(member_id=buyer.id, contact=_typed(), is_default=True))
    return Heat(calls=scene.dealt(call), allowed=1, refusals=("address.too_many",), won=defaults)


def _typed() -> ContactAsTyped:
    return ContactAsTyped(recipient="A Buyer", phone=PHONE, region_code="440305", region="Somewhere", detail="Street 1")


async def _admins_who_stay(scene: Scene) -> Heat:
    for _ in range(_ADMINS):
        login = f"admin{scene.number()}"
        added = AddStaff(login=login, password="correct horse", name="An Admin", roles=(Role.ADMIN,), actor=CLERK)
        await scene.shop.retail.accounts.add_staff(added)
    calls: list[Call] = [
        ("accounts.change_roles", ChangeRoles(staff_id=one.staff_id, actor=CLERK, revoke=None))
        for one in await _admins(scene.shop)
    ]

    async def stay(shop: Shop, _answers: Sequence[Told]) -> int:
        return len(await _admins(shop))

    return Heat(calls=scene.dealt(*calls), allowed=1, refusals=("staff.last_admin",), won=stay)


async def _admins(shop: Shop) -> list[StaffView]:
    found: list[StaffView] = []
    page = await shop.retail.accounts.show.staff(PageRequest(100))
    while True:
        found += [one for one in page.items if Role.ADMIN in one.roles]
        if page.next_cursor is None:
            return found
        page = await shop.retail.accounts.show.staff(PageRequest(100, page.next_cursor))


async def _sessions_of_a_banned_member(scene: Scene) -> Heat:
    phone = _phone(scene)
    proofs = [await _code_for(scene, phone) for _ in range(3)]  # all it may ask for; each newer one kills the older
    member = (await scene.shop.retail.accounts.admit_member(AdmitMember(actor=CLERK, phone=phone))).member_id
    calls: list[Call] = [("accounts.log_in_with_code", LogInWithCode(proof=proof)) for proof in proofs]
    calls.append(("accounts.ban_member", BanMember(member_id=member, actor=CLERK)))

    async def alive(shop: Shop, answers: Sequence[Told]) -> int:
        count = 0
        for opened in (one.answer for one in answers if one.is_done and one.answer is not None):
            try:
                await shop.retail.accounts.authenticate(opened.token)
            except SessionInvalid:
                continue
            count += 1
        return count

    return Heat(calls=calls, allowed=0, refusals=("auth.code_expired", "auth.blocked"), won=alive)


async def _sessions_after_logging_out(scene: Scene) -> Heat:
    opened = await scene.shop.retail.accounts.log_in_with_code(LogInWithCode(proof=await _code(scene)))
    principal = await scene.shop.retail.accounts.authenticate(opened.token)

    async def alive(shop: Shop, _answers: Sequence[Told]) -> int:
        try:
            await shop.retail.accounts.authenticate(opened.token)
        except SessionInvalid:
            return 0
        return 1

    calls = scene.dealt(("accounts.log_out", LogOut(principal=principal)), ("accounts.authenticate", opened.token))
    return Heat(calls=calls, allowed=0, refusals=("auth.session_invalid",), won=alive)


RACES = (
    Race(limit="tries of a code", rules="R36", prepare=_tries_of_a_code),
    Race(limit="wrong codes of a network address", rules="R36 ACC-R7", prepare=_guesses_of_an_address),
    Race(limit="uses of a code", rules="R36", prepare=_uses_of_a_code),
    Race(limit="codes sent to a phone", rules="R36", prepare=_codes_of_a_phone),
    Race(limit="codes sent for a network address", rules="R36", prepare=_codes_of_an_address),
    Race(limit="tries of a login name", rules="R36", prepare=_tries_of_a_name),
    Race(limit="tries of a network address", rules="R36", prepare=_tries_of_an_address),
    Race(limit="members of a phone", rules="GEN-R10", prepare=_members_of_a_phone),
    Race(limit="staff of a login name", rules="GEN-R10", prepare=_staff_of_a_name),
    Race(limit="addresses of a member", rules="GEN-R9", prepare=_addresses_of_a_member),
    Race(limit="default addresses of a member", rules="GEN-R9", prepare=_default_addresses),
    Race(limit="admins who stay", rules="R35", prepare=_admins_who_stay, alone=True),
    Race(limit="sessions of a banned member", rules="R36", prepare=_sessions_of_a_banned_member),
    Race(limit="sessions after logging out", rules="R36", prepare=_sessions_after_logging_out),
)
"""Everything about people that is limited."""
