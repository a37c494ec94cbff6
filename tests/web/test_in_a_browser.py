"""The pages as somebody has them before their eyes: a real browser, one server process, one SQLite file (DOR-R10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.lit_shop import LitShop, lit_shop
from tests.web.screen import DESKTOP, PHONE, ROTATED, Visitors, a_browser
from tests.web.tour import families, stops

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LitShop]:
    with lit_shop(tmp_path_factory.mktemp("lit")) as shop:
        yield shop


@pytest.fixture(scope="module")
def visitors(lit: LitShop) -> Iterator[Visitors]:
    with a_browser(lit.url) as browser:
        yield browser


def test_nothing_is_wrong_with_any_page(lit: LitShop, visitors: Visitors) -> None:
    """DOR-R10: one page of each family; over the families every pair of language, width and colour scheme occurs."""
    routes = families()
    found, seen = list[str](), set[str]()
    for place, (stop, walker) in enumerate(stops(lit.url, routes)):
        look = ROTATED[place % len(ROTATED)]
        seen.add(stop.family)
        size = PHONE if look.width == PHONE["width"] else DESKTOP
        with visitors.visit(walker.cookies | {"lang": look.lang}, viewport=size, color_scheme=look.scheme) as screen:
            screen.expected = (404,) if stop.family == "nowhere" else ()
            screen.open(stop.path)
            found += [f"{stop.family} ({look.name}): {one}" for one in screen.findings(look)]
    assert not found, "\n".join(found)
    assert not routes.keys() - seen, "nobody is led there"
