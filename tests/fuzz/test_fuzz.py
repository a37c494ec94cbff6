"""The short form of `make fuzz`, and the cases it once failed with (R34, R37)."""

from __future__ import annotations

import pytest

from tests.fuzz.campaign import Campaign, Task, may_call, the_short_form
from tests.fuzz.fuzzed_shop import ROLES, FuzzedShop
from tests.fuzz.raw_bytes import ODDITIES, generated
from tests.support.stores import Place, place_of

CASES = 500


@pytest.fixture(params=("sqlite",))
def place(request: pytest.FixtureRequest) -> Place:
    """One database here; the long form takes both."""
    return place_of(request)


@pytest.mark.slow
def test_the_shop_is_as_described_to_every_role(place: Place) -> None:
    """R34, R37: cases made from the description: no 5xx, no status, field or type that is not described; then health, audit."""
    campaign = Campaign(FuzzedShop(place), seed=1)

    figures = campaign.carry_out(the_short_form(CASES))
    figures.violations += campaign.afterwards()

    assert figures.violations == []
    assert figures.total >= CASES and {name.split()[0] for name in figures.cases} == set(ROLES)
    assert set(figures.statuses) >= {"200", "201", "400", "404", "422"}


def test_a_shop_that_breaks_its_description_is_noticed() -> None:
    """R34, R37: the examination bites: a status, a field and a crash that the description does not know."""
    campaign = Campaign(Liar(Place("memory")), seed=1)

    figures = campaign.carry_out([Task(role="anonymous", phase="fuzzing", examples=1, cases_max=20)])

    assert {violation.status for violation in figures.violations} >= {200, 418, 500}


@pytest.mark.parametrize(
    ("role", "permission", "may"),
    [
        ("anonymous", "public", True), ("anonymous", "member", False), ("guest", "guest_or_member", True),
        ("member", "logged_in", True), ("member", "staff", False), ("clerk", "staff", True), ("admin", "member", False),
    ],
)  # fmt: skip
def test_a_role_spends_its_cases_where_it_is_let_in(role: str, permission: str, may: bool) -> None:
    """A case that ends at the guard finds nothing; the matrix of routes and callers looks at those."""
    assert may_call(role, permission) is may


def test_the_same_seed_makes_the_same_bytes() -> None:
    """A failure is replayed by its seed and number."""
    assert list(generated(7, 50)) == list(generated(7, 50)) != list(generated(8, 50))
    assert len(ODDITIES) >= 50


class Liar(FuzzedShop):
    """A shop that answers some routes in ways it never described."""

    async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
        lies = {"/health/live": (200, b'{"more": 1}'), "/health/ready": (418, b"{}"), "/v1/products": (500, b"")}
        if scope["type"] == "lifespan" or scope["path"] not in lies:
            await super().__call__(scope, receive, send)
            return
        status, body = lies[scope["path"]]
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})
