"""`make browsers`: one purchase and the layout checks in Firefox ESR and in WebKitGTK (DOR-R10).

    python -m tests.web.browsers [--only firefox] [--pages /orders]

Prints what is wrong, page by page, and fails if anything is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.support.other_browsers import Browsers, the_browsers
from tests.web.drivers import Driven, Refused, firefox, webkit
from tests.web.lit_shop import LitShop, lit_shop
from tests.web.screen import PHONE, ROTATED, TOUCH_MIN, WIDTHS
from tests.web.tour import families, stops

Opened = Callable[[Browsers, Path], AbstractContextManager[Driven]]
BROWSERS: Final[Mapping[str, Opened]] = {"firefox": firefox, "webkit": webkit}
_LOOKING: Final = Path(__file__).with_name("looking.js").read_text()
_PATIENCE_SECONDS: Final = 30.0
_SETTLES_SECONDS: Final = 0.3


class NotReached(Exception):
    """The purchase did not come to where it was to come."""


def purchase(browser: Driven, lit: LitShop) -> int:
    """On a phone, from the first page to an order that is paid; in how many pages."""
    browser.keep(lit.url, {"lang": "zh-CN"})
    browser.size(PHONE["width"], PHONE["height"])
    browser.go(f"{lit.url}/")
    seen = 1
    for selector, fields, come in (
        (".card a", {}, "/p/"),
        ("button[formaction='/checkout']", {}, "/enter"),
        ("details summary", {}, "/enter"),
        ("form[action='/enter/password'] button", {"login": MEMBER_LOGIN, "password": PASSWORD}, "/checkout/"),
        ("form[action$='/place'] button", {}, "/pay"),
        ("input[name='gateway'][value='sandbox']", {}, "/pay"),
        ("form[action$='/pay'] button", {}, "/pay"),
    ):
        for name, text in fields.items():
            browser.type(f"form[action='/enter/password'] input[name='{name}']", text)
        browser.press(selector)
        _wait(browser, f"location.pathname.includes('{come}')", selector)
        seen += 1
    to_provider = "document.querySelector('[data-poll] a[href^=http]')"
    _wait(browser, f"{to_provider} !== null", "the way to the provider")
    order = urlsplit(browser.tell("location.href")).path.removesuffix("/pay")
    browser.go(browser.tell(f"{to_provider}.href"))
    browser.press("button")
    _wait(browser, "document.readyState === 'complete'", "the provider's button")
    patience = time.monotonic() + _PATIENCE_SECONDS
    while True:
        browser.go(f"{lit.url}{order}")
        if browser.tell("document.querySelector('h1').textContent").strip() == "待发货":
            return seen + 2
        if time.monotonic() > patience:
            raise NotReached("待发货")
        time.sleep(1)


def _wait(browser: Driven, condition: str, what: str) -> None:
    patience = time.monotonic() + _PATIENCE_SECONDS
    while not _holds(browser, condition):
        if time.monotonic() > patience:
            raise NotReached(f"{what}: {browser.tell('location.href')}")
        time.sleep(0.1)
    time.sleep(0.3)


def _holds(browser: Driven, condition: str) -> bool:
    try:
        return bool(browser.tell(f"document.readyState === 'complete' && ({condition})"))
    except Refused:  # the page went away while it was asked
        return False


def layout(browser: Driven, lit: LitShop, only: str) -> Iterator[str]:
    """What is wrong with one page of each family: wider than the screen, or too small to be touched."""
    known = None
    for place, (stop, walker) in enumerate(stops(lit.url, families())):
        if only not in stop.family:
            continue
        look = ROTATED[place % len(ROTATED)]
        if (stop.who, look.lang) != known:
            browser.keep(lit.url, {**walker.cookies, "lang": look.lang})
            known = (stop.who, look.lang)
        browser.size(look.width, 844)
        browser.go(f"{lit.url}{stop.path}")
        browser.tell(f"(() => {{ {_LOOKING} return 0; }})()")
        for width in WIDTHS:
            browser.size(width, 844)
            _settle(browser)
            yield from (f"{stop.family}: wider than {width}: {one}" for one in _twice(browser, "looking.tooWide()"))
            if (shown := browser.tell("innerWidth")) != width:
                yield f"{stop.family}: shown {shown} wide instead of {width}"
            if width == PHONE["width"]:
                yield from (f"{stop.family}: too small: {one}" for one in _twice(browser, f"looking.tooSmall({TOUCH_MIN})"))
        yield ""


def _settle(browser: Driven) -> None:
    browser.tell("new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(0), 60)))")


def _twice(browser: Driven, measured: str) -> Sequence[str]:
    """What is found, and still is when the page has settled at its new size."""
    if not browser.tell(measured):
        return ()
    time.sleep(_SETTLES_SECONDS)
    found: Sequence[str] = browser.tell(measured)
    return found


def look_into(name: str, lit: LitShop, only: str) -> int:
    """One browser; how many things are wrong."""
    with tempfile.TemporaryDirectory(prefix="retail-browser-") as home, BROWSERS[name](the_browsers(), Path(home)) as browser:
        began = time.monotonic()
        pages = purchase(browser, lit)
        print(f"{browser.version}: bought and paid for on a phone, {pages} steps, {time.monotonic() - began:.0f} s", flush=True)
        looked, wrong = 0, 0
        for one in layout(browser, lit, only):
            looked += not one
            if one:
                wrong += 1
                print(f"{browser.version}: {one}", flush=True)
        print(f"{browser.version}: {looked} families of pages at {len(WIDTHS)} widths, {wrong} findings", flush=True)
    return wrong + (not looked)


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=tuple(BROWSERS), help="this browser alone")
    parser.add_argument("--pages", default="", help="a part of the address of a family")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, lit_shop(Path(folder)) as lit:
        wrong = [look_into(name, lit, wanted.pages) for name in BROWSERS if wanted.only in (None, name)]
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
