"""Accounts, wired."""

from __future__ import annotations

from typing import TypedDict

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.whole import WholeWork
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.retry import retrying
from retail_adapters.system.sealer import HmacSealer
from retail_domain import accounts as domain
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.ports import Passwords, Sealer
from retail_domain.accounts.use_cases.passwords import ReadLoginHandler
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.units import Begin


class _Tools(TypedDict):
    begin: Begin[WholeWork]
    clock: Clock
    ids: Ids
    luck: Luck
    sealer: Sealer
    rules: AccountRules


def accounts(parts: Parts) -> domain.Accounts:
    """The accounts of a shop made of these parts; `extra["passwords"]` may bring another way to hash."""
    begin, clock, ids, rules = parts.begin, parts.clock, parts.ids, parts.policies.accounts
    show, passwords = parts.reads.accounts, _passwords(parts)
    tools = _Tools(
        begin=begin, clock=clock, ids=ids, luck=parts.luck, sealer=HmacSealer(parts.secret), rules=rules
    )
    attempt = domain.TryLoginHandler(begin=begin, clock=clock, sealer=tools["sealer"], rules=rules)
    tooling = domain.SessionTooling(**tools)
    hashing = domain.HashingFirst(
        passwords=passwords,
        register=retrying(domain.RegisterHandler(tools=tooling)),
        reset=retrying(domain.ResetPasswordHandler(tools=tooling)),
    )
    return domain.Accounts(
        send_code=domain.SendCodeHandler(issue=retrying(domain.IssueCodeHandler(**tools)), sms=parts.sms),
        log_in_with_code=retrying(domain.LogInWithCodeHandler(**tools)),
        log_in_with_password=domain.LogInWithPasswordHandler(
            attempt=retrying(attempt), passwords=passwords, admit=retrying(domain.AdmitHandler(**tools))
        ),
        register=hashing.registering,
        reset_password=hashing.resetting,
        change_password=domain.ChangePasswordHandler(
            read=retrying(ReadLoginHandler(begin=begin)),
            passwords=passwords,
            store=retrying(domain.StorePasswordHandler(tools=tooling)),
        ),
        change_phone=retrying(domain.ChangePhoneHandler(**tools)),
        authenticate=domain.AuthenticateHandler(show=show, clock=clock),
        log_out=retrying(domain.LogOutHandler(begin=begin)),
        admit_member=retrying(domain.AdmitMemberHandler(begin=begin, clock=clock, ids=ids, rules=rules)),
        update_profile=retrying(domain.UpdateProfileHandler(begin=begin, clock=clock)),
        ban_member=retrying(domain.BanMemberHandler(begin=begin, clock=clock)),
        add_address=retrying(domain.AddAddressHandler(begin=begin, clock=clock, ids=ids)),
        correct_address=retrying(domain.CorrectAddressHandler(begin=begin)),
        remove_address=retrying(domain.RemoveAddressHandler(begin=begin)),
        import_regions=retrying(domain.ImportRegionsHandler(begin=begin, clock=clock)),
        add_staff=domain.AddStaffHandler(
            passwords=passwords, store=retrying(domain.StoreStaffHandler(begin=begin, clock=clock, ids=ids))
        ),
        change_roles=retrying(domain.ChangeRolesHandler(begin=begin, clock=clock)),
        act_as=domain.ActAsHandler(show=show),
        note_staff_action=retrying(domain.NoteStaffActionHandler(begin=begin, clock=clock)),
        sweep=retrying(domain.SweepHandler(begin=begin, clock=clock, rules=rules)),
        show=show,
    )


def _passwords(parts: Parts) -> Passwords:
    given: Passwords | None = parts.extra.get("passwords")
    return given or Argon2Passwords()
