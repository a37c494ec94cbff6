"""Whatever an account can be, both kinds of database give it back as it was; and so does the codec of events (R32)."""

from __future__ import annotations

import asyncio
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import delete

from retail_adapters.serialization import EventCodec
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables import accounts as tables
from retail_domain import accounts
from retail_domain.accounts import (
    Address,
    AddressBook,
    Challenge,
    ChallengeStatus,
    Contact,
    Login,
    Member,
    MemberStatus,
    Purpose,
    Role,
    Slot,
    Staff,
    Subject,
)
from retail_domain.accounts.model.staff import in_order
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import AddressId, ChallengeId, MemberId, StaffId
from tests.support.drawn import made
from tests.support.stores import Place, Surroundings, open_store, place_of

times = st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
phones = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(Phone)
letters = st.characters(categories=["L", "N", "P", "S"])


def lines(most: int) -> st.SearchStrategy[str]:
    """Clean lines of text."""
    return st.text(letters, min_size=1, max_size=most).map(_composed).filter(lambda text: 1 <= len(text) <= most)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


members = st.builds(
    Member, id=st.uuids().map(MemberId), created_at=times, terms_version=lines(9), phone=st.none() | phones,
    name=st.none() | lines(50), status=st.sampled_from(MemberStatus), behaviour_consent=st.booleans(), version=st.just(0),
)  # fmt: skip
logins = st.builds(
    Login, subject_id=st.uuids(), subject=st.sampled_from(Subject),
    name=st.from_regex(r"[a-z][a-z0-9_.@-]{2,39}", fullmatch=True),
    password_hash=lines(90).map(lambda text: f"${text}"), version=st.just(0),
)  # fmt: skip
staff = st.builds(
    Staff, id=st.uuids().map(StaffId), name=lines(50), roles=st.sets(st.sampled_from(Role)).map(in_order), created_at=times,
    version=st.just(0),
)  # fmt: skip
slots = st.builds(Slot, key=lines(32), used=st.integers(0, 10**6), ends_at=times, version=st.just(0))
contacts = st.builds(
    Contact, recipient=lines(50), phone=phones, region_code=st.from_regex(r"[0-9]{6}", fullmatch=True), region=lines(100),
    detail=lines(200),
)  # fmt: skip


@st.composite
def challenges(draw: st.DrawFn) -> Challenge:
    at, status = draw(times), draw(st.sampled_from(ChallengeStatus))
    return Challenge(
        id=ChallengeId(draw(st.uuids())), purpose=draw(st.sampled_from(Purpose)), phone=draw(phones),
        sealed=draw(st.binary(min_size=32, max_size=32)), issued_at=at,
        expires_at=at + timedelta(microseconds=draw(st.integers(1, 600_000_000))),
        tries=draw(st.integers(0, 4 if status is ChallengeStatus.OPEN else 5)), status=status,
    )  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> AddressBook:
    ids = [AddressId(id) for id in draw(st.lists(st.uuids(), unique=True, min_size=1, max_size=4))]
    first = draw(times)
    addresses = tuple(
        Address(id=id, contact=draw(contacts), created_at=first + timedelta(seconds=place)) for place, id in enumerate(ids)
    )
    return AddressBook(member_id=MemberId(draw(st.uuids())), addresses=addresses, default_id=draw(st.sampled_from(ids)))


@pytest.fixture(params=["sqlite", "postgres"])
def a_place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


def test_accounts_come_back_as_they_were(a_place: Place) -> None:
    """R32: every field of every aggregate."""

    async def there_and_back(store: Any, given_: tuple[Any, ...]) -> None:
        member, login, somebody, slot, challenge, book = given_
        async with store.begin() as work:
            work.members.save(Change(None, member))
            work.logins.save(Change(None, login))
            work.staff.save(Change(None, somebody))
            work.counters.save(Change(None, slot))
            work.challenges.save(Change(None, challenge))
            work.addresses.save(Change(None, book))
            await work.commit()
        async with store.begin() as work:
            back = (
                await work.members.get(member.id),
                (await work.logins.claim([login.subject_id]))[login.subject_id],
                await work.staff.get(somebody.id),
                (await work.counters.claim([slot.key]))[slot.key],
                (await work.challenges.claim([challenge.id]))[challenge.id],
                await work.addresses.find(book.member_id),
            )
        assert back == tuple(evolve(one, version=1) for one in given_)

    run_in(a_place, st.tuples(members, logins, staff, slots, challenges(), books()), there_and_back)


def run_in(place: Place, strategy: st.SearchStrategy[Any], test: Any) -> None:
    """Many examples on one store, emptied between them."""
    loop = asyncio.new_event_loop()
    opening = open_store(place, Surroundings(accounts.EVENTS))
    store = loop.run_until_complete(opening.__aenter__())
    kept = [tables.members, tables.logins, tables.staff, tables.send_slots, tables.challenges, tables.contacts]
    kept.append(tables.address_books)

    async def emptied(given_: Any) -> None:
        async with store.database.begin() as transaction:
            for table in kept:
                await transaction.changed(Statement(f"{table.name}.empty", delete(table)))
            await transaction.commit()
        await test(store, given_)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def examples(given_: Any) -> None:
        loop.run_until_complete(emptied(given_))

    try:
        examples()
    finally:
        loop.run_until_complete(opening.__aexit__(None, None, None))
        loop.close()


@given(st.data())
@pytest.mark.parametrize("kind", accounts.EVENTS, ids=lambda kind: kind.name)
def test_events_come_back_as_they_were_and_hold_no_personal_data(kind: type[Event], data: st.DataObject) -> None:
    """R32; R40."""
    codec = EventCodec(accounts.EVENTS)
    event = data.draw(made(kind))

    body = codec.write(event)

    assert codec.read(kind.name, kind.version, body) == event
    assert not {"phone", "recipient", "login", "password", "token"} & set(body)
