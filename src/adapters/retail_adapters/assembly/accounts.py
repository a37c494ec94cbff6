"""Accounts, wired."""

from __future__ import annotations

from typing import Any, TypedDict

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.sealer import HmacSealer
from retail_domain import accounts as domain
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.ports import Passwords, Sealer
from retail_domain.accounts.use_cases.passwords import ReadLoginHandler
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.units import Begin


class _Tools(TypedDict):
    begin: Begin[Any]
    clock: Clock
    ids: Ids
    luck: Luck
    sealer: Sealer
    rules: AccountRules


def accounts(parts: Parts) -> domain.Accounts:
    """The accounts of a shop made of these parts; `extra["passwords"]` may bring another way to hash."""
    begin, clock, ids, rules = parts.begin, parts.clock, parts.ids, parts.policies.accounts
    show, passwords = parts.reads.accounts, _passwords(parts)
    tools = _Tools(begin=begin, clock=clock, ids=ids, luck=parts.luck, sealer=HmacSealer(parts.secret), rules=rules)
    attempt = domain.TryLoginHandler(begin=begin, clock=clock, sealer=tools["sealer"], rules=rules)
    tooling = domain.SessionTooling(**tools)
    hashing = domain.HashingFirst(
        passwords=passwords,
        register=parts.unit(domain.RegisterHandler(tools=tooling)),
        reset=parts.unit(domain.ResetPasswordHandler(tools=tooling)),
    )
    return domain.Accounts(
        send_code=parts.outside(domain.SendCodeHandler(issue=parts.unit(domain.IssueCodeHandler(**tools)), sms=parts.sms)),
        # Tries are counted whatever becomes of them, so a host that may roll back cannot have these in its transaction.
        log_in_with_code=parts.outside(parts.unit(domain.LogInWithCodeHandler(**tools))),
        log_in_with_password=parts.outside(
            domain.LogInWithPasswordHandler(
                attempt=parts.unit(attempt), passwords=passwords, admit=parts.unit(domain.AdmitHandler(**tools))
            )
        ),
        register=parts.outside(hashing.registering),
        reset_password=parts.outside(hashing.resetting),
        change_password=domain.ChangePasswordHandler(
            read=parts.unit(ReadLoginHandler(begin=begin)),
            passwords=passwords,
            store=parts.unit(domain.StorePasswordHandler(tools=tooling)),
        ),
        change_phone=parts.outside(parts.unit(domain.ChangePhoneHandler(**tools))),
        authenticate=domain.AuthenticateHandler(show=show, clock=clock),
        log_out=parts.unit(domain.LogOutHandler(begin=begin)),
        admit_member=parts.unit(domain.AdmitMemberHandler(begin=begin, clock=clock, ids=ids, rules=rules)),
        update_profile=parts.unit(domain.UpdateProfileHandler(begin=begin, clock=clock)),
        ban_member=parts.unit(domain.BanMemberHandler(begin=begin, clock=clock)),
        add_address=parts.unit(domain.AddAddressHandler(begin=begin, clock=clock, ids=ids)),
        correct_address=parts.unit(domain.CorrectAddressHandler(begin=begin)),
        remove_address=parts.unit(domain.RemoveAddressHandler(begin=begin)),
        import_regions=parts.unit(domain.ImportRegionsHandler(begin=begin, clock=clock)),
        add_staff=domain.AddStaffHandler(
            passwords=passwords, store=parts.unit(domain.StoreStaffHandler(begin=begin, clock=clock, ids=ids))
        ),
        change_roles=parts.unit(domain.ChangeRolesHandler(begin=begin, clock=clock)),
        act_as=domain.ActAsHandler(show=show),
        note_staff_action=parts.unit(domain.NoteStaffActionHandler(begin=begin, clock=clock)),
        sweep=parts.unit(domain.SweepHandler(begin=begin, clock=clock, rules=rules)),
        show=show,
    )


def _passwords(parts: Parts) -> Passwords:
    given: Passwords | None = parts.extra.get("passwords")
    return given or Argon2Passwords()
