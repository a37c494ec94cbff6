"""Which counters a code, a guess and a password use up (R36, ACC-R7); what is counted before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from attrs import frozen

from retail_domain.accounts.model.rules import AccountRules
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Allowance, Counted, Counters, Sealer, key_of, line_of

_KNOWN_USES = 1_000_000_000


def allowances_of_code(
    rules: AccountRules, sealer: Sealer, phone: Phone, client: str, *, is_at_home: bool
) -> Mapping[str, Allowance]:
    """Every counter that a code for this phone, asked for from this network address, uses up.

    The attacked does not pay: a line counts for itself, and where the phone is at home strangers' codes do not count.
    """
    line = line_of(client)
    given = [("phone and address", f"{phone.e164} {line}", one) for one in rules.codes_per_phone]
    if not is_at_home:
        given += [("phone", phone.e164, one) for one in rules.codes_per_phone_of_strangers]
    given += [("address", line, one) for one in rules.codes_per_address]
    given += [("all", "", one) for one in rules.codes_in_all]
    return _keyed(sealer, "code", given)


@frozen
class HomeOfPhone:
    """The mark of lines where a code of this phone was right: read without a lock, since a phone is only known after its
    challenge, and counters are locked before challenges."""

    known: Counted

    @classmethod
    async def seen(cls, counters: Counters, rules: AccountRules, sealer: Sealer, phone: Phone, client: str) -> HomeOfPhone:
        """For this phone and network address."""
        given = [("at home", f"{phone.e164} {line_of(client)}", Allowance(most=_KNOWN_USES, within=rules.known_for))]
        mark = _keyed(sealer, "code", given)
        return cls(Counted(counters, mark, await counters.read(mark)))

    def is_home(self, at: datetime) -> bool:
        """Whether the line is at home now."""
        return any(not has_passed(slot.ends_at, at) for slot in self.known.known.values())

    def welcome(self, *, at: datetime) -> None:
        """Stage that the line is at home from now on."""
        if not self.is_home(at):
            self.known.note(at=at)


def line_of_code(sealer: Sealer, client: str) -> str:
    """Which line asked for a code: a seal, so that no address stands in the table (R40)."""
    return sealer.seal("line of a code", line_of(client)).hex()[:32]


def allowances_of_guess(rules: AccountRules, sealer: Sealer, client: str) -> Mapping[str, Allowance]:
    """Every counter that a wrong code uses up, whether its challenge is known or not."""
    return _keyed(sealer, "guess", [("address", line_of(client), rules.guesses_per_address)])


def allowances_of_key(rules: AccountRules, sealer: Sealer, client: str) -> Mapping[str, Allowance]:
    """Every counter that a wrong API key uses up."""
    return _keyed(sealer, "key", [("address", line_of(client), rules.keys_per_address)])


def allowances_of_hash(rules: AccountRules, sealer: Sealer, phone: Phone, client: str) -> Mapping[str, Allowance]:
    """Every counter that hashing a new password for whoever holds this phone uses up."""
    given = [("phone", phone.e164, rules.hashes_per_phone), ("address", line_of(client), rules.tries_per_address)]
    return _keyed(sealer, "hash", given)


def allowances_of_account(rules: AccountRules, sealer: Sealer, subject_id: UUID) -> Mapping[str, Allowance]:
    """The counter of tries at the own password by somebody who is logged in."""
    return _keyed(sealer, "own password", [("account", str(subject_id), rules.tries_per_account)])


@frozen
class TriesAtLogin:
    """The counters of a try at a password, whether the name is known or not (R36).

    The attacked does not pay for the limit: wrong passwords count strictly for a name *from one line*; for the name alone
    they are a brake, which a line that has logged in with the name before passes.
    """

    strict: Mapping[str, Allowance]
    brake: Mapping[str, Allowance]
    known: Mapping[str, Allowance]

    @classmethod
    def of(cls, rules: AccountRules, sealer: Sealer, name: str, client: str) -> TriesAtLogin:
        """For this name and network address."""
        line = line_of(client)
        here = f"{len(name)} {name} {line}"
        strict = [("name and address", here, rules.tries_per_name_and_address), ("address", line, rules.tries_per_address)]
        at_home = Allowance(most=_KNOWN_USES, within=rules.known_for)
        return cls(
            strict=_keyed(sealer, "login", strict),
            brake=_keyed(sealer, "login", [("name", name, rules.tries_per_name)]),
            known=_keyed(sealer, "login", [("at home", here, at_home)]),
        )

    async def claimed(self, counters: Counters, *, at: datetime) -> ClaimedTries:
        """Lock them all, by one statement."""
        found = await counters.claim({**self.strict, **self.brake, **self.known})
        is_at_home = any(key in found and not has_passed(found[key].ends_at, at) for key in self.known)
        counting = self.strict if is_at_home else {**self.strict, **self.brake}
        return ClaimedTries(
            counted=Counted(counters, counting, {key: found[key] for key in counting if key in found}),
            known=Counted(counters, self.known, {key: found[key] for key in self.known if key in found}),
            is_at_home=is_at_home,
        )


@frozen
class ClaimedTries:
    """Those that count for this line, and the mark of lines that are at home."""

    counted: Counted
    known: Counted
    is_at_home: bool

    def succeeded(self, *, at: datetime) -> None:
        """Stage that the try did not count, and that the line is at home from now on."""
        self.counted.forgive()
        self.welcome(at=at)

    def welcome(self, *, at: datetime) -> None:
        """Stage that the line is at home from now on."""
        if not self.is_at_home:
            self.known.note(at=at)


def _keyed(sealer: Sealer, what: str, given: Iterable[tuple[str, str, Allowance]]) -> Mapping[str, Allowance]:
    return {key_of(sealer, what, kind, whose, one): one for kind, whose, one in given}
