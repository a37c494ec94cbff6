"""`/v1/auth`: codes, registration, sessions, passwords (R36, ACC-R1)."""

from collections.abc import Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from retail_domain.accounts import (
    AccountBlocked,
    Accounts,
    ChangePassword,
    ChangePhone,
    CodeExpired,
    CodeWrong,
    LoggedIn,
    LoginFailed,
    LogInWithCode,
    LogInWithPassword,
    LogOut,
    NameTaken,
    NoPasswordAccount,
    PhoneTaken,
    Proof,
    Purpose,
    Register,
    ResetPassword,
    SendCode,
    TooManyCodes,
    TooManyTries,
)
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ChallengeId, SessionId
from retail_domain.kernel.once import Once
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import ENDS_SESSION, LOGGED_IN, LOGS_IN, MEMBER, PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, Instant, PhoneText, Secret, Text, Uuid
from retail_entrypoints.http.shaping import derived

OneTimeCode = Annotated[
    str, Meta(pattern=r"^[0-9]{6}$(?!\n)", description="The six digits that came by phone.", examples=["314159"])
]
LoginName = Annotated[
    str, Meta(min_length=1, max_length=64, description="A login name: 3 to 40 letters, digits and `._-@`.", examples=["li-lei"])
]
_PROVING = (CodeWrong, CodeExpired, TooManyTries)


def _proof(challenge_id: Uuid, code: str, client: str) -> Proof:
    return Proof(challenge_id=ChallengeId(challenge_id), code=code, client=client)


def _old_proof(old_challenge_id: Uuid | None, old_code: str | None, client: str) -> Proof | None:
    """Raises InvalidInput for half of one."""
    if (old_challenge_id is None) != (old_code is None):
        raise InvalidInput.of("", "both", "old_challenge_id and old_code come together")
    return None if old_challenge_id is None or old_code is None else _proof(old_challenge_id, old_code, client)


class CodeBody(Body, frozen=True):
    """A phone to send a code to, and what the code is for."""

    phone: PhoneText
    purpose: Purpose = Purpose.LOGIN

    to_command = becoming(SendCode, "client", "once")


class CodeAnswer(Answer, frozen=True):
    """What the code will solve; the same whether or not anybody has this number."""

    challenge_id: Uuid


class RegisterBody(Body, frozen=True):
    """A code for the purpose `register`, and the login name and password to use from now on."""

    challenge_id: Uuid
    code: OneTimeCode
    login: LoginName
    password: Secret
    name: Text | None = None

    to_command = becoming(Register, "client", "once", proof=_proof)


class ResetBody(Body, frozen=True):
    """A code for the purpose `reset`, and the new password."""

    challenge_id: Uuid
    code: OneTimeCode
    password: Secret

    to_command = becoming(ResetPassword, "client", "once", proof=_proof)


class LogInBody(Body, frozen=True):
    """Either `challenge_id` and `code`, which registers a new phone, or `login` and `password`."""

    challenge_id: Uuid | None = None
    code: OneTimeCode | None = None
    login: LoginName | None = None
    password: Secret | None = None

    async def log_in(self, accounts: Accounts, client: str, instead_of: SessionId | None, once: Once | None) -> LoggedIn:
        """By whichever of the two was sent. Raises InvalidInput for neither, both, or half of one."""
        by_code = (self.challenge_id, self.code)
        by_name = (self.login, self.password)
        if by_name == (None, None) and self.challenge_id is not None and self.code is not None:
            proof = _proof(self.challenge_id, self.code, client)
            return await accounts.log_in_with_code(LogInWithCode(proof=proof, instead_of=instead_of, once=once))
        if by_code == (None, None) and self.login is not None and self.password is not None:
            command = LogInWithPassword(
                login=self.login, password=self.password, client=client, instead_of=instead_of, once=once
            )
            return await accounts.log_in_with_password(command)
        raise InvalidInput.of("", "either", "either challenge_id and code, or login and password")


class ChangePasswordBody(Body, frozen=True):
    """The password so far, and the next one."""

    current: Secret
    password: Secret

    to_command = becoming(ChangePassword, "principal", "client", "once")


class ChangePhoneBody(Body, frozen=True):
    """A code for the purpose `change_phone`, sent to the new number; and your password, or such a code to the old one."""

    challenge_id: Uuid
    code: OneTimeCode
    password: Secret | None = None
    old_challenge_id: Uuid | None = None
    old_code: OneTimeCode | None = None

    to_command = becoming(ChangePhone, "member_id", "client", "once", proof=_proof, old_proof=_old_proof)


class SessionAnswer(Answer, frozen=True):
    """A session: send the token as `Authorization: Bearer ...`; it is shown only now."""

    token: Annotated[str, Meta(min_length=1, max_length=200)]
    member_id: Uuid | None
    staff_id: Uuid | None
    expires_at: Instant

    of = derived(LoggedIn)


def auth_routes(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    """`/v1/auth`, and what a member changes about logging in."""
    return [*_codes(accounts), *_sessions(accounts), *_password(accounts), *_phone(accounts)]


def _codes(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/auth", permission=PUBLIC, tag="auth")

    @routes.post("/codes", raises=[TooManyCodes, TooManyTries], status=202, summary="Send a one-time code")
    async def send_code(
        data: JSONBody[CodeBody], client_address: NamedDependency[str], once: NamedDependency[Once | None]
    ) -> CodeAnswer:
        """Sends a one-time code to a phone. The answer is the same whether or not anybody has that number."""
        return CodeAnswer((await accounts.send_code(data.to_command(client=client_address, once=once))).challenge_id)

    @routes.post(
        "/accounts", raises=[*_PROVING, PhoneTaken, NameTaken, AccountBlocked], summary="Register with a password",
        opt=LOGS_IN,
    )  # fmt: skip
    async def register_account(
        data: JSONBody[RegisterBody], client_address: NamedDependency[str], once: NamedDependency[Once | None]
    ) -> SessionAnswer:
        """Takes a code that was sent to the phone, a login name and a password, and logs the new member in."""
        return SessionAnswer.of(await accounts.register(data.to_command(client=client_address, once=once)))

    return routes.all


def _sessions(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/auth/sessions", permission=LOGGED_IN, tag="auth")

    @routes.post(
        permission=PUBLIC, raises=[*_PROVING, LoginFailed, AccountBlocked], summary="Log in by code, or by name and password",
        opt=LOGS_IN,
    )  # fmt: skip
    async def log_in(
        data: JSONBody[LogInBody],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> SessionAnswer:
        """Takes either a challenge with its code or a login with its password. A number that is new becomes a member."""
        so_far = caller.account.session_id if caller.account else None
        return SessionAnswer.of(await data.log_in(accounts, client_address, so_far, once))

    @routes.delete("/current", summary="Log out", opt=ENDS_SESSION)
    async def log_out(caller: NamedDependency[Caller], once: NamedDependency[Once | None]) -> None:
        """Ends the session of the token that is sent."""
        await accounts.log_out(LogOut(principal=caller.account, once=once))

    @routes.delete(summary="Log out everywhere", opt=ENDS_SESSION)
    async def log_out_everywhere(caller: NamedDependency[Caller], once: NamedDependency[Once | None]) -> None:
        """Ends every session of whoever calls, on every device."""
        await accounts.log_out(LogOut(principal=caller.account, everywhere=True, once=once))

    return routes.all


def _password(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/auth/password", permission=LOGGED_IN, tag="auth")

    @routes.post(
        "/reset", permission=PUBLIC, raises=[*_PROVING, NoPasswordAccount, AccountBlocked], status=200,
        summary="Choose a new password by code; every session ends", opt=LOGS_IN,
    )  # fmt: skip
    async def reset_password(
        data: JSONBody[ResetBody], client_address: NamedDependency[str], once: NamedDependency[Once | None]
    ) -> SessionAnswer:
        """Takes a code that was sent to the phone. Every session of that member ends; the answer brings a new one."""
        return SessionAnswer.of(await accounts.reset_password(data.to_command(client=client_address, once=once)))

    @routes.put(raises=[LoginFailed, TooManyTries], summary="Change my password; every session ends", opt=ENDS_SESSION)
    async def change_password(
        data: JSONBody[ChangePasswordBody],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> SessionAnswer:
        """Asks for the present password. Every session ends; the answer brings a new one."""
        command = data.to_command(principal=caller.account, client=client_address, once=once)
        return SessionAnswer.of(await accounts.change_password(command))

    return routes.all


def _phone(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me/phone", permission=MEMBER, tag="me")

    @routes.put(
        raises=[*_PROVING, LoginFailed, PhoneTaken], summary="Change my phone number; every session ends", opt=ENDS_SESSION
    )
    async def change_phone(
        data: JSONBody[ChangePhoneBody],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> SessionAnswer:
        """Proves the new number by a code that was sent to it, and who asks by the password or a code to the old number.

        Every session ends; the answer brings a new one. The old number is told.
        """
        command = data.to_command(member_id=caller.member_id, client=client_address, once=once)
        return SessionAnswer.of(await accounts.change_phone(command))

    return routes.all
