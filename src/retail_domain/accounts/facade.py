"""Accounts as embedders call them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.accounts.model.keys import Machine
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.queries import AccountsQueries, MemberView
from retail_domain.accounts.use_cases.addresses import (
    AddAddress,
    AddressEntry,
    CorrectAddress,
    ImportRegions,
    RegionsImported,
    RemoveAddress,
)
from retail_domain.accounts.use_cases.change_phone import ChangePhone
from retail_domain.accounts.use_cases.custom_roles import ChangeRole, MakeRole, RemoveRole, RoleStands
from retail_domain.accounts.use_cases.keys import MadeKey, MakeKey, RevokeKey, ShowKey
from retail_domain.accounts.use_cases.log_in_with_code import LogInWithCode
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.members import AdmitMember, AgreeToTerms, BanMember, MemberAdmitted, UpdateProfile
from retail_domain.accounts.use_cases.open_session import LoggedIn
from retail_domain.accounts.use_cases.passwords import ChangePassword, Register, ResetPassword
from retail_domain.accounts.use_cases.send_code import CodeSent, SendCode
from retail_domain.accounts.use_cases.sessions import ActAs, ActingStaff, LogOut, Sweep
from retail_domain.accounts.use_cases.staff import AddStaff, ChangeRoles, NoteStaffAction, StaffTakenOn, WelcomeLine
from retail_domain.accounts.use_cases.staff_passwords import GivePassword


@frozen(kw_only=True)
class Accounts:
    """Members, staff, and how they log in (注册登录, 员工权限)."""

    send_code: Callable[[SendCode], Awaitable[CodeSent]]
    log_in_with_code: Callable[[LogInWithCode], Awaitable[LoggedIn]]
    log_in_with_password: Callable[[LogInWithPassword], Awaitable[LoggedIn]]
    register: Callable[[Register], Awaitable[LoggedIn]]
    reset_password: Callable[[ResetPassword], Awaitable[LoggedIn]]
    change_password: Callable[[ChangePassword], Awaitable[LoggedIn]]
    change_phone: Callable[[ChangePhone], Awaitable[LoggedIn]]
    authenticate: Callable[[str], Awaitable[Principal]]
    authenticate_key: Callable[[ShowKey], Awaitable[Machine]]
    log_out: Callable[[LogOut], Awaitable[None]]
    admit_member: Callable[[AdmitMember], Awaitable[MemberAdmitted]]
    update_profile: Callable[[UpdateProfile], Awaitable[MemberView]]
    agree_to_terms: Callable[[AgreeToTerms], Awaitable[MemberView]]
    ban_member: Callable[[BanMember], Awaitable[None]]
    add_address: Callable[[AddAddress], Awaitable[AddressEntry]]
    correct_address: Callable[[CorrectAddress], Awaitable[AddressEntry]]
    remove_address: Callable[[RemoveAddress], Awaitable[None]]
    import_regions: Callable[[ImportRegions], Awaitable[RegionsImported]]
    add_staff: Callable[[AddStaff], Awaitable[StaffTakenOn]]
    change_roles: Callable[[ChangeRoles], Awaitable[None]]
    give_password: Callable[[GivePassword], Awaitable[None]]
    welcome_line: Callable[[WelcomeLine], Awaitable[None]]
    act_as: Callable[[ActAs], Awaitable[ActingStaff]]
    make_role: Callable[[MakeRole], Awaitable[RoleStands]]
    change_role: Callable[[ChangeRole], Awaitable[RoleStands]]
    remove_role: Callable[[RemoveRole], Awaitable[None]]
    make_key: Callable[[MakeKey], Awaitable[MadeKey]]
    revoke_key: Callable[[RevokeKey], Awaitable[None]]
    note_staff_action: Callable[[NoteStaffAction], Awaitable[None]]
    sweep: Callable[[Sweep], Awaitable[int]]
    show: AccountsQueries
