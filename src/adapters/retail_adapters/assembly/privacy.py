"""Privacy, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.sealer import HmacSealer
from retail_domain.accounts.use_cases.turned_away import CountedPasswords, give_try_back
from retail_domain.kernel.frames import bound
from retail_domain.kernel.ids import MemberId
from retail_domain.processes.leaving.closing import (
    close_account,
    close_account_for,
    look_in_the_way,
    store_closing,
    try_to_close,
)
from retail_domain.processes.leaving.desk import PrivacyDesk
from retail_domain.processes.leaving.erasing import erase, erase_step
from retail_domain.processes.leaving.exporting import export_member
from retail_domain.processes.worker.due import Due
from retail_domain.processes.worker.finding import due_erasures


def privacy(parts: Parts) -> PrivacyDesk:
    """What a shop made of these parts knows of its members."""
    sealer, rules = HmacSealer(parts.secret), parts.policies.accounts
    close = bound(
        close_account,
        parts.answering(try_to_close, sealer, rules),
        CountedPasswords(parts.passwords, parts.deciding(give_try_back)),
        parts.answering(store_closing, sealer, rules),
    )
    return PrivacyDesk(
        export=parts.reading(export_member, parts.clock),
        in_the_way=parts.reading(look_in_the_way),
        close=parts.outside(close),
        close_for=parts.deciding(close_account_for),
    )


def erasing(parts: Parts) -> Due[MemberId]:
    """The timer that erases who has left."""
    step = parts.answering(erase_step)
    return Due(clock=parts.clock, find=parts.reading(due_erasures), deal_with=bound(erase, step))
