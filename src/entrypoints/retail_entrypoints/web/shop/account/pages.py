"""`/me/profile`, `/me/phone`, `/me/password`: what somebody is called, reached by, and logs in with."""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

from attrs import evolve
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, URLEncodedBody

from retail_domain.accounts import (
    ChangePassword,
    ChangePhone,
    LoggedIn,
    MemberNotFound,
    MemberView,
    Proof,
    Purpose,
    SendCode,
    UpdateProfile,
)
from retail_domain.application import Retail
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ChallengeId, MemberId
from retail_domain.kernel.once import Once
from retail_entrypoints.http.me import my_account
from retail_entrypoints.http.routing import ENDS_SESSION, MEMBER, Resource
from retail_entrypoints.web import policy
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View

Challenge = Annotated[UUID | None, QueryParameter(name="c")]
OldChallenge = Annotated[UUID | None, QueryParameter(name="o")]


class ProfileForm(Form, frozen=True):
    """A name, and whether what is looked at may be kept; what is not ticked may not."""

    name: Typed = ""
    consent: str | None = None


class NewPhoneForm(Form, frozen=True):
    """Another number, and how whoever asks proves who they are: by the password, or by a code to the number so far."""

    phone: Typed = ""
    by: Typed = "password"

    def number(self) -> Phone:
        """As it is dialled. Raises InvalidInput."""
        try:
            return Phone.parse(self.phone)
        except ValueError:
            raise InvalidInput.of("phone", "format", "this is no phone number") from None


class PhoneCodesForm(Form, frozen=True):
    """The code that came to the new number; and the password, or the code that came to the old one."""

    challenge: UUID
    code: Typed = ""
    password: Typed = ""
    old: UUID | None = None
    old_code: Typed = ""

    def proofs(self, client: str) -> tuple[Proof, Proof | None]:
        """Of the new number, and of the old one if that was chosen."""
        new = Proof(challenge_id=ChallengeId(self.challenge), code=self.code, client=client)
        if self.old is None:
            return new, None
        return new, Proof(challenge_id=ChallengeId(self.old), code=self.old_code, client=client)


class PasswordsForm(Form, frozen=True):
    """The password so far, and the next one."""

    current: Typed = ""
    password: Typed = ""


def account_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Name and consent, phone, password."""
    return [*_profile(retail), *_phone(retail), *_phone_codes(retail), *_password(retail)]


def _profile(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/profile", permission=MEMBER, tag="me")

    async def shown(view: View, member_id: MemberId) -> Response[bytes]:
        member = await my_account(retail.accounts.show, member_id)
        return view.page("shop/account/profile.html", member=member, keeping=policy.NEVER)

    @pages.get(raises=[MemberNotFound])
    async def show_profile(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        return await shown(view, member_id)

    @pages.post(raises=[MemberNotFound])
    async def change_profile(
        data: URLEncodedBody[ProfileForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = UpdateProfile(member_id=member_id, name=data.name, behaviour_consent=data.consent is not None, once=once)
        deed = retail.accounts.update_profile(wish)
        return await view.decide(deed, lambda _: view.go("/me/profile", "account.kept"), lambda: shown(view, member_id))

    return pages.all


def _phone(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/phone", permission=MEMBER, tag="me")
    accounts = retail.accounts

    async def form(view: View, member_id: MemberId) -> Response[bytes]:
        member = await my_account(accounts.show, member_id)
        return view.page("shop/account/phone.html", member=member, keeping=policy.NEVER)

    @pages.get(raises=[MemberNotFound])
    async def show_phone_form(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        return await form(view, member_id)

    @pages.post(raises=[MemberNotFound])
    async def ask_for_phone_codes(
        data: URLEncodedBody[NewPhoneForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def send() -> str:
            number, member = data.number(), await my_account(accounts.show, member_id)
            asked = {"c": await send_code(retail, view, number, Purpose.CHANGE_PHONE, once)}
            if data.by != "password" and member.phone is not None:
                asked["o"] = await send_code(retail, view, member.phone, Purpose.CHANGE_PHONE, _of_old(once))
            return view.address("/me/phone/code", **asked)

        return await view.decide(send(), lambda path: view.go(path, "enter.sent"), lambda: form(view, member_id))

    return pages.all


async def send_code(retail: Retail, view: View, phone: Phone, purpose: Purpose, once: Once | None) -> str:
    """Send a code, for the form that asks for it; answers what it solves."""
    wish = SendCode(phone=phone, purpose=purpose, client=view.client, once=once)
    return str((await retail.accounts.send_code(wish)).challenge_id)


def _of_old(once: Once | None) -> Once | None:
    return evolve(once, operation=f"{once.operation}.old") if once is not None else None


def _phone_codes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/phone/code", permission=MEMBER, tag="me")

    def form(view: View, challenge: UUID, old: UUID | None) -> Response[bytes]:
        return view.page("shop/account/phone_code.html", challenge=challenge, old=old, keeping=policy.NEVER)

    @pages.get()
    async def show_phone_code_form(
        view: NamedDependency[View], challenge: Challenge = None, old: OldChallenge = None
    ) -> Response[bytes]:
        return form(view, challenge, old) if challenge is not None else view.go("/me/phone")

    @pages.post(opt=ENDS_SESSION)
    async def change_phone_from_page(
        data: URLEncodedBody[PhoneCodesForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        new, old = data.proofs(view.client)
        wish = ChangePhone(
            member_id=view.request.caller.member_id, proof=new, old_proof=old, password=data.password or None, once=once
        )

        async def again() -> Response[bytes]:
            return form(view, data.challenge, data.old)

        return await view.decide(retail.accounts.change_phone(wish), _stays(view, "account.phone_changed"), again)

    return pages.all


def _password(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/password", permission=MEMBER, tag="me")

    async def member_of(view: View) -> MemberView | None:
        member_id = view.request.caller.member_id
        return await retail.accounts.show.member(member_id) if member_id is not None else None

    async def form(view: View) -> Response[bytes]:
        return view.page("shop/account/password.html", member=await member_of(view), keeping=policy.NEVER)

    @pages.get(raises=[MemberNotFound])
    async def show_password_form(view: NamedDependency[View]) -> Response[bytes]:
        return await form(view)

    @pages.post(opt=ENDS_SESSION)
    async def change_password_from_page(
        data: URLEncodedBody[PasswordsForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        wish = ChangePassword(
            principal=view.request.caller.account, current=data.current, password=data.password, client=view.client, once=once
        )
        return await view.decide(
            retail.accounts.change_password(wish), _stays(view, "account.password_changed"), lambda: form(view)
        )

    return pages.all


def _stays(view: View, saying: str) -> Callable[[LoggedIn], Response[bytes]]:
    """Every session has ended; whoever did it stays inside by the new one."""

    def done(logged_in: LoggedIn) -> Response[bytes]:
        view.keep_session(logged_in.token)
        return view.go("/me/profile", saying)

    return done
