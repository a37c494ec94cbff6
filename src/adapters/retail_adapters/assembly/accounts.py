"""Accounts, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.sealer import HmacSealer
from retail_domain.accounts import Accounts
from retail_domain.accounts.use_cases.addresses import add_address, correct_address, import_regions, remove_address
from retail_domain.accounts.use_cases.change_phone import change_phone, store_phone
from retail_domain.accounts.use_cases.custom_roles import change_role, make_role, remove_role
from retail_domain.accounts.use_cases.keys import authenticate_key, count_wrong_key, make_key, note_key_use, revoke_key
from retail_domain.accounts.use_cases.log_in_with_code import log_in_with_code
from retail_domain.accounts.use_cases.log_in_with_password import admit, log_in_with_password, try_login
from retail_domain.accounts.use_cases.members import admit_member, agree_to_terms, ban_member, update_profile
from retail_domain.accounts.use_cases.passwords import (
    change_password,
    check_registration,
    check_reset,
    register,
    reset_password,
    store_password,
    store_registration,
    store_reset,
    try_own_password,
)
from retail_domain.accounts.use_cases.send_code import issue_code, send_code
from retail_domain.accounts.use_cases.sessions import act_as, authenticate, log_out, sweep
from retail_domain.accounts.use_cases.staff import add_staff, change_roles, note_staff_action, store_staff, welcome_line
from retail_domain.accounts.use_cases.staff_passwords import give_password, store_given_password
from retail_domain.accounts.use_cases.turned_away import CountedPasswords, give_try_back
from retail_domain.kernel.frames import bound


def accounts(parts: Parts) -> Accounts:
    """The accounts of a shop made of these parts."""
    show, passwords = parts.reads.accounts, parts.passwords
    sealer, rules = HmacSealer(parts.secret), parts.policies.accounts
    own_password = parts.answering(try_own_password, sealer, rules)
    counted = CountedPasswords(passwords, parts.deciding(give_try_back))
    return Accounts(
        send_code=parts.outside(bound(send_code, parts.answering(issue_code, sealer, rules), parts.sms, parts.spell_phone)),
        # Tries are counted whatever becomes of them, so a host that may roll back cannot have these in its transaction.
        log_in_with_code=parts.outside(parts.answering(log_in_with_code, sealer, rules)),
        log_in_with_password=parts.outside(
            bound(
                log_in_with_password,
                parts.answering(try_login, sealer, rules),
                counted,
                parts.answering(admit, sealer, rules),
            )
        ),
        register=parts.outside(
            bound(
                register,
                parts.answering(check_registration, sealer, rules),
                counted,
                parts.answering(store_registration, sealer, rules),
            )
        ),
        reset_password=parts.outside(
            bound(
                reset_password,
                parts.answering(check_reset, sealer, rules),
                counted,
                parts.answering(store_reset, sealer, rules),
            )
        ),
        change_password=parts.outside(
            bound(change_password, own_password, counted, parts.answering(store_password, sealer, rules))
        ),
        change_phone=parts.outside(
            bound(change_phone, own_password, counted, parts.answering(store_phone, sealer, rules), parts.sms)
        ),
        authenticate=bound(authenticate, parts.clock, show),
        authenticate_key=parts.outside(
            bound(
                authenticate_key,
                parts.clock,
                show,
                parts.answering(count_wrong_key, sealer, rules),
                parts.answering(note_key_use),
            )
        ),
        log_out=parts.deciding(log_out),
        admit_member=parts.deciding(admit_member, rules, parts.spell_phone),
        update_profile=parts.deciding(update_profile),
        agree_to_terms=parts.deciding(agree_to_terms, rules),
        ban_member=parts.deciding(ban_member),
        add_address=parts.deciding(add_address),
        correct_address=parts.deciding(correct_address),
        remove_address=parts.deciding(remove_address),
        import_regions=parts.deciding(import_regions),
        add_staff=bound(add_staff, passwords, parts.deciding(store_staff)),
        change_roles=parts.deciding(change_roles),
        give_password=bound(give_password, passwords, parts.deciding(store_given_password)),
        welcome_line=parts.deciding(welcome_line, sealer, rules),
        make_key=parts.deciding(make_key),
        revoke_key=parts.deciding(revoke_key),
        act_as=bound(act_as, show),
        make_role=parts.deciding(make_role),
        change_role=parts.deciding(change_role),
        remove_role=parts.deciding(remove_role),
        note_staff_action=parts.deciding(note_staff_action),
        sweep=parts.deciding(sweep, rules),
        show=show,
    )
