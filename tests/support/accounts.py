"""The accounts of a shop with a quick hasher, a phone that remembers, and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

from attrs import define, field, frozen

from retail_adapters.assembly.accounts import accounts
from retail_adapters.assembly.notes import notes
from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.policies import Policies
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization import EventCodec
from retail_adapters.sql.reads import SqlReads
from retail_adapters.system.ids import UuidSevenIds
from retail_domain.accounts import (
    EVENTS,
    AccountRules,
    Accounts,
    AddStaff,
    LoggedIn,
    LogInWithCode,
    LogInWithPassword,
    Proof,
    Purpose,
    Register,
    Role,
    SendCode,
    SessionInvalid,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ChallengeId, Ids
from retail_domain.notes import NoteDesk
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.luck import SeededLuck
from retail_domain.testing.people import GENEROUS, NOON, PHONE, QuickPasswords, RememberingSms
from tests.support.stores import Place, Surroundings, nothing_follows, open_store

PASSWORD = "correct horse"
SYSTEM = Actor.system("test")


@frozen
class AccountsShop:
    """Accounts, and what stands around them."""

    accounts: Accounts
    begin: Any
    memory: Any
    clock: SettableClock
    sms: RememberingSms
    passwords: QuickPasswords
    notes: NoteDesk

    async def code(self, phone: Phone = PHONE, purpose: Purpose = Purpose.LOGIN) -> Proof:
        """Ask for a code and read it on the phone."""
        sent = await self.accounts.send_code(SendCode(phone=phone, purpose=purpose))
        return Proof(challenge_id=sent.challenge_id, code=self.sms.code)

    async def guess(self, id: ChallengeId, code: str) -> LoggedIn:
        """Try to log in."""
        return await self.accounts.log_in_with_code(LogInWithCode(proof=Proof(challenge_id=id, code=code)))

    async def log_in(self, phone: Phone = PHONE) -> LoggedIn:
        """Log in by code."""
        return await self.accounts.log_in_with_code(LogInWithCode(proof=await self.code(phone)))

    async def register(self, login: str = "li-lei", phone: Phone = PHONE) -> LoggedIn:
        """Register with a password."""
        proof = await self.code(phone, Purpose.REGISTER)
        return await self.accounts.register(Register(proof=proof, login=login, password=PASSWORD))

    async def staff(self, login: str, *roles: Role, actor: Actor = SYSTEM) -> Actor:
        """Take somebody on."""
        added = AddStaff(login=login, password=PASSWORD, name=login, roles=roles, actor=actor)
        return Actor.staff((await self.accounts.add_staff(added)).staff_id)

    async def token(self, login: str) -> str:
        """Log in with the password everybody has here."""
        return (await self.accounts.log_in_with_password(LogInWithPassword(login=login, password=PASSWORD))).token

    async def is_alive(self, opened: LoggedIn) -> bool:
        """Whether a session still counts."""
        try:
            await self.accounts.authenticate(opened.token)
        except SessionInvalid:
            return False
        return True


def a_shop(rules: AccountRules = GENEROUS, *, sms: RememberingSms | None = None) -> AccountsShop:
    """On the memory store."""
    clock, ids = SettableClock(NOON), CountingIds()
    memory = Memory(MemoryTools(clock, ids, EventCodec(EVENTS), nothing_follows))
    around = (clock, ids, rules, sms or RememberingSms())
    return _shop(MemoryStore(memory).begin, MemoryReads(memory), memory, around)


@asynccontextmanager
async def recorded_shop(place: Place) -> AsyncIterator[tuple[AccountsShop, list[str]]]:
    """On a database, with the names of its statements in the order they ran."""
    async with open_store(place, Surroundings(EVENTS)) as store:
        names: list[str] = []
        database = Recording(store.database, names)
        recorded = type(store)(database, store.tools)
        around = (SettableClock(NOON), CountingIds(), GENEROUS, RememberingSms())
        yield _shop(recorded.begin, SqlReads(database), None, around), names


@asynccontextmanager
async def rival_shops(place: Place, rules: AccountRules, many: int = 2) -> AsyncIterator[list[AccountsShop]]:
    """Several on one database, each with connections of its own, as servers beside each other are."""
    async with AsyncExitStack() as stack:
        shops = []
        for number in range(many):
            there = place if number == 0 or place.kind != "sqlite" else Place("same sqlite", place.address)
            store = await stack.enter_async_context(open_store(there, Surroundings(EVENTS)))
            clock = SettableClock(NOON)
            around = (clock, UuidSevenIds(clock=clock), rules, RememberingSms())
            shops.append(_shop(store.begin, SqlReads(store.database), None, around))
        yield shops


def _shop(begin: Any, reads: Any, memory: Any, around: tuple[SettableClock, Ids, AccountRules, Any]) -> AccountsShop:
    (clock, ids, rules, sms), passwords = around, QuickPasswords()
    parts = Parts(
        begin=begin, reads=reads, clock=clock, ids=ids, luck=SeededLuck(), policies=Policies(accounts=rules), sms=sms,
        secret=b"a test's secret", passwords=passwords,
    )  # fmt: skip
    return AccountsShop(accounts(parts), begin, memory, clock, sms, passwords, notes(parts))


@define
class Recording:
    """A database that notes the name of every statement, and the rows of every write."""

    inner: Any
    names: list[str] = field(factory=list)
    writes: list[tuple[Any, Any]] = field(factory=list)

    @property
    def has_one_writer(self) -> bool:
        """As the one within."""
        return bool(self.inner.has_one_writer)

    @asynccontextmanager
    async def begin(self, **options: Any) -> AsyncIterator[Any]:
        """A transaction that notes as well."""
        self.names.append("begin")
        async with self.inner.begin(**options) as transaction:
            yield RecordingTransaction(transaction, self.names, self.writes)

    async def rows(self, statement: Any, **values: Any) -> Sequence[Mapping[str, Any]]:
        """One reading statement."""
        self.names.append(statement.name)
        found: Sequence[Mapping[str, Any]] = await self.inner.rows(statement, **values)
        return found


@define
class RecordingTransaction:
    """A transaction that notes the name of every statement, and the rows of every write."""

    inner: Any
    names: list[str]
    writes: list[tuple[Any, Any]]

    async def rows(self, statement: Any, **values: Any) -> Any:
        self.names.append(statement.name)
        return await self.inner.rows(statement, **values)

    async def changed(self, statement: Any, **values: Any) -> Any:
        self.names.append(statement.name)
        return await self.inner.changed(statement, **values)

    async def write(self, writes: Any) -> Any:
        self.names += [write.name for write, _ in writes]
        self.writes += writes
        return await self.inner.write(writes)

    async def commit(self) -> None:
        self.names.append("commit")
        await self.inner.commit()

    async def finish(self, flushes: Any) -> None:
        self.names += [*(flush.write.name for flush in flushes), "commit"]
        self.writes += [(flush.write, flush.rows) for flush in flushes]
        await self.inner.finish(flushes)


MINUTE = timedelta(minutes=1)
