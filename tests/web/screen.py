"""A real browser, and what it must find on every page: nothing wrong, nothing too wide, nothing too small to be touched."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.support.chromium import FLAGS, a_chromium

VENDORED: Final = Path(__file__).with_name("vendor")
WIDTHS: Final = (320, 390, 768, 1280)
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1280, "height": 900}
SHIFT_MAX: Final = 0.02
TOUCH_MIN: Final = 44
_TABS_MAX: Final = 100


@frozen(kw_only=True)
class Look:
    """How a page is looked at."""

    lang: str = "zh-CN"
    width: int = 390
    scheme: str = "light"

    @property
    def name(self) -> str:
        """For a file."""
        return f"{self.lang}-{self.width}-{self.scheme}"


EVERY_LOOK: Final = tuple(
    Look(lang=lang, width=width, scheme=scheme)
    for lang in ("zh-CN", "en") for width in (390, 1280) for scheme in ("light", "dark")
)  # fmt: skip
ROTATED: Final = (
    Look(), Look(width=1280, scheme="dark"), Look(lang="en", scheme="dark"), Look(lang="en", width=1280),
)  # fmt: skip
"""In these four every pair of language, width and scheme occurs."""


@define(slots=False)  # the driver keeps what it needs beside what listens
class Screen:
    """One visitor's page, and what went wrong on it."""

    page: Page
    url: str
    trouble: list[str] = field(factory=list)
    requests: list[str] = field(factory=list)
    expected: Sequence[int] = ()
    taps: int = 0
    fields: int = 0

    def __attrs_post_init__(self) -> None:
        self.page.add_init_script(path=Path(__file__).with_name("looking.js"))
        self.page.on("console", lambda said: said.type == "error" and self._note(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", lambda one: self._requested(one.url))
        self.page.on("response", lambda one: self._answered(one.status, one.url))

    def turn(self, look: Look, cookies: Mapping[str, str] | None = None) -> None:
        """Be of this size and scheme, and read this language, from the next page on."""
        told = {**(cookies or {}), "lang": look.lang}
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in told.items()])
        self.page.emulate_media(color_scheme=look.scheme)  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": look.width, "height": 844 if look.width < 900 else 900})

    def open(self, path: str) -> None:
        """Go there, until all of it is there."""
        self.requests.clear()
        self.page.goto(f"{self.url}{path}")

    def tap(self, locator: Locator) -> None:
        """Touch it, as a finger does."""
        self.taps += 1
        locator.tap()

    def fill(self, label: str, text: str) -> None:
        """Type into the field of that label."""
        self.fields += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def tab_to(self, selector: str) -> None:
        """Press the tab key until the keyboard is there, where it can be seen."""
        for _ in range(_TABS_MAX):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                assert self.page.evaluate("looking.focusIsSeen()"), f"nobody sees that the keyboard is at {selector}"
                return
        raise AssertionError(f"the keyboard does not reach {selector} on {self.page.url}")

    @property
    def heading(self) -> str:
        """What the page is about."""
        return self.page.locator("h1").inner_text()

    def findings(self, look: Look) -> Iterator[str]:
        """What is wrong with the page that is open."""
        page = self.page
        page.evaluate("() => document.fonts.ready")
        shifted, violated = page.evaluate("[looking.shifted, looking.violated]")
        if shifted > SHIFT_MAX:
            yield f"moves while it is loaded: {shifted:.3f}"
        yield from (f"policy: {one}" for one in violated)
        yield from (f"axe: {one}" for one in page.evaluate("looking.axe()"))
        for width in (*(one for one in WIDTHS if one != look.width), look.width):
            page.set_viewport_size({"width": width, "height": 844 if width < 900 else 900})
            yield from self._settled("looking.tooWide()", f"wider than {width}")
            if width == PHONE["width"]:
                yield from self._settled(f"looking.tooSmall({TOUCH_MIN})", "too small to touch")
        yield from self.trouble
        self.trouble.clear()

    def _settled(self, measured: str, kind: str) -> Iterator[str]:
        """What is measured; whatever is found is measured once more when the page has settled at its new size."""
        if self.page.evaluate(measured):
            self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
            yield from (f"{kind}: {one}" for one in self.page.evaluate(measured))

    def _note(self, what: str) -> None:
        if not (self.expected and "Failed to load resource" in what):
            self.trouble.append(what)

    def _requested(self, url: str) -> None:
        self.requests.append(url)
        if urlsplit(url).hostname not in ("127.0.0.1", None):
            self._note(f"asks another address: {url}")

    def _failed(self, one: Any) -> None:
        if one.failure != "net::ERR_ABORTED":  # it went on to another page meanwhile
            self._note(f"failed: {one.url} {one.failure}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.expected:
            self._note(f"answered {status}: {url}")


@define
class Visitors:
    """One browser; everybody in it has cookies of their own."""

    browser: Browser
    url: str

    @contextmanager
    def visit(self, *, examined: bool = False, **more: Any) -> Iterator[Screen]:
        """Somebody with a window of their own, of the size of a phone unless said otherwise."""
        usual = {"viewport": PHONE, "locale": "zh-CN", "service_workers": "block", "reduced_motion": "reduce"}
        context: BrowserContext = self.browser.new_context(**usual | more)
        try:
            context.set_default_timeout(15_000)
            if examined:
                context.add_init_script(path=VENDORED / "axe-4.14.1.min.js")
            yield Screen(context.new_page(), self.url)
        finally:
            context.close()


@contextmanager
def a_browser(url: str) -> Iterator[Visitors]:
    """Chromium, until the end of the block."""
    chromium = a_chromium()
    with tempfile.TemporaryDirectory(prefix="retail-chromium-") as home, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(chromium.program), env=dict(chromium.environment(Path(home))), args=list(FLAGS)
        )
        try:
            yield Visitors(browser, url)
        finally:
            browser.close()
