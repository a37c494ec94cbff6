"""What accounts refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import AddressId


@refusal
class CodeWrong(DomainError):
    """This is not the code that was sent."""

    code = "auth.code_wrong"
    kind = Kind.UNAUTHENTICATED


@refusal
class CodeExpired(DomainError):
    """This code is too old or was used already; please ask for a new one."""

    code = "auth.code_expired"
    kind = Kind.UNAUTHENTICATED


@refusal
class TooManyTries(DomainError):
    """That were too many tries; please wait a while."""

    code = "auth.too_many"
    kind = Kind.TOO_MANY

    retry_after_seconds: int


@refusal
class TooManyCodes(DomainError):
    """Too many codes were asked for; please wait a while."""

    code = "auth.too_many_codes"
    kind = Kind.TOO_MANY

    retry_after_seconds: int


@refusal
class LoginFailed(DomainError):
    """Name or password is wrong."""

    code = "auth.login_failed"
    kind = Kind.UNAUTHENTICATED


@refusal
class SessionInvalid(DomainError):
    """You are not logged in any more; please log in again."""

    code = "auth.session_invalid"
    kind = Kind.UNAUTHENTICATED


@refusal
class AccountBlocked(DomainError):
    """This account is blocked; please ask the shop."""

    code = "auth.blocked"
    kind = Kind.FORBIDDEN


@refusal
class NoPasswordAccount(DomainError):
    """No account with a password belongs to this phone number."""

    code = "auth.no_password_account"
    kind = Kind.REFUSED


@refusal
class PhoneTaken(DomainError):
    """Another account has this phone number."""

    code = "account.phone_taken"
    kind = Kind.CONFLICT


@refusal
class NameTaken(DomainError):
    """This login name is in use."""

    code = "account.name_taken"
    kind = Kind.CONFLICT


@refusal
class MemberNotFound(DomainError):
    """There is no such member."""

    code = "member.not_found"
    kind = Kind.MISSING


@refusal
class StaffNotFound(DomainError):
    """There is no such member of staff."""

    code = "staff.not_found"
    kind = Kind.MISSING


@refusal
class StaffForbidden(DomainError):
    """This member of staff may not do that."""

    code = "staff.forbidden"
    kind = Kind.FORBIDDEN

    permission: str


@refusal
class BoundToPlaces(DomainError):
    """That concerns the whole shop, and you act for some of its places."""

    code = "staff.bound_to_places"
    kind = Kind.FORBIDDEN


@refusal
class CustomRoleNotFound(DomainError):
    """The shop has no such role."""

    code = "role.not_found"
    kind = Kind.MISSING
    role: str


@refusal
class CustomRoleExists(DomainError):
    """The shop has a role of this name already."""

    code = "role.exists"
    kind = Kind.CONFLICT
    role: str


@refusal
class CustomRoleHeld(DomainError):
    """Somebody has this role; take it from them first."""

    code = "role.held"
    kind = Kind.REFUSED
    role: str


class KeyInvalid(DomainError):
    """This key opens nothing: it is wrong, has ended, or was taken back."""

    code = "auth.key_invalid"
    kind = Kind.UNAUTHENTICATED


@refusal
class KeyNotFound(DomainError):
    """There is no such key."""

    code = "key.not_found"
    kind = Kind.MISSING


@refusal
class KeyNameTaken(DomainError):
    """Another key has this name, or had it."""

    code = "key.name_taken"
    kind = Kind.CONFLICT


@refusal
class LastAdmin(DomainError):
    """The shop needs at least one admin."""

    code = "staff.last_admin"
    kind = Kind.REFUSED


@refusal
class OwnPassword(DomainError):
    """Your own password is changed with the one you have."""

    code = "staff.own_password"
    kind = Kind.REFUSED


@refusal
class AddressNotFound(DomainError):
    """There is no such address in the address book."""

    code = "address.not_found"
    kind = Kind.MISSING

    address_id: AddressId


@refusal
class AddressBookFull(DomainError):
    """The address book is full."""

    code = "address.too_many"
    kind = Kind.REFUSED

    most: int


@refusal
class RegionUnknown(DomainError):
    """There is no such administrative region."""

    code = "address.region_unknown"
    kind = Kind.INVALID

    region_code: str
