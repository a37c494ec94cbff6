"""Accounts, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.sealer import HmacSealer
from retail_domain.accounts import Accounts
from retail_domain.accounts.ports import Passwords
from retail_domain.accounts.use_cases.addresses import add_address, correct_address, import_regions, remove_address
from retail_domain.accounts.use_cases.log_in_with_code import log_in_with_code
from retail_domain.accounts.use_cases.log_in_with_password import admit, log_in_with_password, try_login
from retail_domain.accounts.use_cases.members import admit_member, ban_member, change_phone, update_profile
from retail_domain.accounts.use_cases.passwords import (
    change_password,
    read_login,
    register,
    reset_password,
    store_password,
    store_registration,
    store_reset,
)
from retail_domain.accounts.use_cases.send_code import issue_code, send_code
from retail_domain.accounts.use_cases.sessions import act_as, authenticate, log_out, sweep
from retail_domain.accounts.use_cases.staff import add_staff, change_roles, note_staff_action, store_staff
from retail_domain.accounts.use_cases.staff_passwords import give_password, store_given_password
from retail_domain.kernel.frames import bound, reading


def accounts(parts: Parts) -> Accounts:
    """The accounts of a shop made of these parts; `extra["passwords"]` may bring another way to hash."""
    show, passwords = parts.reads.accounts, _passwords(parts)
    sealer, rules = HmacSealer(parts.secret), parts.policies.accounts
    return Accounts(
        send_code=parts.outside(bound(send_code, parts.answering(issue_code, sealer, rules), parts.sms, parts.spell_phone)),
        # Tries are counted whatever becomes of them, so a host that may roll back cannot have these in its transaction.
        log_in_with_code=parts.outside(parts.answering(log_in_with_code, sealer, rules)),
        log_in_with_password=parts.outside(
            bound(
                log_in_with_password,
                parts.answering(try_login, sealer, rules),
                passwords,
                parts.answering(admit, sealer, rules),
            )
        ),
        register=parts.outside(bound(register, passwords, parts.answering(store_registration, sealer, rules))),
        reset_password=parts.outside(bound(reset_password, passwords, parts.answering(store_reset, sealer, rules))),
        change_password=bound(
            change_password,
            parts.unit(reading(parts.begin, read_login)),
            passwords,
            parts.answering(store_password, rules),
        ),
        change_phone=parts.outside(parts.answering(change_phone, sealer, rules)),
        authenticate=bound(authenticate, parts.clock, show),
        log_out=parts.deciding(log_out),
        admit_member=parts.deciding(admit_member, rules, parts.spell_phone),
        update_profile=parts.deciding(update_profile),
        ban_member=parts.deciding(ban_member),
        add_address=parts.deciding(add_address),
        correct_address=parts.deciding(correct_address),
        remove_address=parts.deciding(remove_address),
        import_regions=parts.deciding(import_regions),
        add_staff=bound(add_staff, passwords, parts.deciding(store_staff)),
        change_roles=parts.deciding(change_roles),
        give_password=bound(give_password, passwords, parts.deciding(store_given_password)),
        act_as=bound(act_as, show),
        note_staff_action=parts.deciding(note_staff_action),
        sweep=parts.deciding(sweep, rules),
        show=show,
    )


def _passwords(parts: Parts) -> Passwords:
    given: Passwords | None = parts.extra.get("passwords")
    return given or Argon2Passwords()
