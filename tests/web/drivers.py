"""Two ways to drive a browser that Playwright does not know: WebDriver BiDi for Firefox, WebDriver for WebKitGTK."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import httpx2
from attrs import define, field

from tests.support.other_browsers import Browsers, running
from tests.support.servers import a_free_port
from tests.support.websocket import WebSocket

_PATIENCE_SECONDS: Final = 60
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
_PLACE: Final = """(selector) => {
  const one = document.querySelector(selector);
  if (!one) return null;
  one.scrollIntoView({ block: "center", behavior: "instant" });
  const box = one.getBoundingClientRect();
  return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
}"""


class Driven(Protocol):
    """A browser with one page."""

    @property
    def version(self) -> str:
        """What it calls itself."""
        ...

    def go(self, url: str) -> None:
        """Open a page, until all of it is there."""
        ...

    def tell(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        ...

    def size(self, width: int, height: int) -> None:
        """How large the page is shown."""
        ...

    def press(self, selector: str) -> None:
        """Press what is there, as a finger does."""
        ...

    def type(self, selector: str, text: str) -> None:
        """Fill in a field by the keyboard."""
        ...

    def keep(self, url: str, cookies: Mapping[str, str]) -> None:
        """Have these cookies of a site, and no others."""
        ...


class Refused(Exception):
    """The browser would not do what it was told."""


def _place(browser: Driven, selector: str) -> tuple[int, int]:
    """The middle of it, in sight; whatever lies over it is pressed instead."""
    found = browser.tell(f"({_PLACE})({json.dumps(selector)})")
    if found is None:
        raise Refused(f"there is no {selector}")
    return found[0], found[1]


def _finger(x: int, y: int) -> dict[str, Any]:
    steps = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
    return {"type": "pointer", "id": "finger", "parameters": {"pointerType": "mouse"}, "actions": steps}


# --- Firefox ---


@define
class Firefox:
    """By WebDriver BiDi over its debugging port; no geckodriver is needed."""

    wire: WebSocket
    version: str = ""
    context: str = ""
    _number: int = 0

    def begin(self) -> None:
        """A session, and its first page."""
        told = self._ask("session.new", {"capabilities": {}})["capabilities"]
        self.version = f"Firefox {told['browserVersion']}"
        self.context = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]

    def go(self, url: str) -> None:
        self._ask("browsingContext.navigate", {"context": self.context, "url": url, "wait": "complete"})

    def tell(self, script: str) -> Any:
        wish = {"expression": f"Promise.resolve({script}).then((one) => JSON.stringify([one]))", "awaitPromise": True}
        told = self._ask("script.evaluate", wish | {"target": {"context": self.context}})
        if told["type"] != "success":
            raise Refused(told["exceptionDetails"]["text"])
        return (json.loads(told["result"]["value"]) or [None])[0]

    def size(self, width: int, height: int) -> None:
        self._ask("browsingContext.setViewport", {"context": self.context, "viewport": {"width": width, "height": height}})

    def press(self, selector: str) -> None:
        self._act(_finger(*_place(self, selector)))

    def type(self, selector: str, text: str) -> None:
        self.press(selector)
        self.tell(f"document.querySelector({json.dumps(selector)}).select()")
        keys = [{"type": kind, "value": one} for one in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": keys})

    def keep(self, url: str, cookies: Mapping[str, str]) -> None:
        self._ask("storage.deleteCookies", {})
        host = urlsplit(url).hostname
        for name, value in cookies.items():
            told = {"name": name, "value": {"type": "string", "value": value}, "domain": host, "path": "/"}
            self._ask("storage.setCookie", {"cookie": told})

    def _act(self, source: dict[str, Any]) -> None:
        self._ask("input.performActions", {"context": self.context, "actions": [source]})

    def _ask(self, method: str, wish: dict[str, Any]) -> Any:
        self._number += 1
        self.wire.say(json.dumps({"id": self._number, "method": method, "params": wish}))
        while True:
            told = json.loads(self.wire.hear())
            if told.get("id") == self._number:
                if told["type"] != "success":
                    raise Refused(f"{method}: {told.get('message')}")
                return told["result"]


@contextmanager
def firefox(browsers: Browsers, home: Path) -> Iterator[Driven]:
    """Until the end of the block; without a screen."""
    port, profile = a_free_port(), home / "profile"
    profile.mkdir()
    program = str(browsers.root / "usr/lib/firefox-esr/firefox-esr")
    environ = browsers.environment(home, LD_LIBRARY_PATH=browsers.libraries)
    command = [program, "--headless", "--no-remote", "--profile", str(profile), f"--remote-debugging-port={port}"]
    with running(command, environ, home / "firefox.log"), _connected(port) as wire:
        browser = Firefox(wire)
        browser.begin()
        yield browser


def _connected(port: int) -> WebSocket:
    patience = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return WebSocket(port, "/session", _PATIENCE_SECONDS)
        except OSError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.2)


# --- WebKitGTK ---


@define
class WebKit:
    """By WebDriver; its little browser shows pages in a window on a display that nobody sees."""

    client: httpx2.Client
    version: str = ""
    _session: str = field(default="", repr=False)

    def begin(self, program: str) -> None:
        """A session, and its first page."""
        options = {"binary": program, "args": ["--automation", "--geometry=300x800"]}
        told = self._call("POST", "/session", {
            "capabilities": {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}},
        })  # fmt: skip
        self.version = f"WebKitGTK {told['capabilities']['browserVersion']}"
        self._session = f"/session/{told['sessionId']}"

    def go(self, url: str) -> None:
        self._call("POST", f"{self._session}/url", {"url": url})

    def tell(self, script: str) -> Any:
        waited = f"const done = arguments[0]; Promise.resolve({script}).then((one) => done([one]), (no) => done(String(no)))"
        told = self._call("POST", f"{self._session}/execute/async", {"script": waited, "args": []})
        if not isinstance(told, list):
            raise Refused(told)
        return told[0] if told else None

    def size(self, width: int, height: int) -> None:
        self._call("POST", f"{self._session}/window/rect", {"width": width, "height": height})

    def press(self, selector: str) -> None:
        self._call("POST", f"{self._session}/actions", {"actions": [_finger(*_place(self, selector))]})

    def type(self, selector: str, text: str) -> None:
        found = self._found(selector)
        self._call("POST", f"{found}/clear", {})
        self._call("POST", f"{found}/value", {"text": text})

    def keep(self, url: str, cookies: Mapping[str, str]) -> None:
        self.go(f"{url}/offline")
        self._call("DELETE", f"{self._session}/cookie")
        for name, value in cookies.items():
            self._call("POST", f"{self._session}/cookie", {"cookie": {"name": name, "value": value, "path": "/"}})

    def _found(self, selector: str) -> str:
        told = self._call("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        return f"{self._session}/element/{told[_ELEMENT]}"

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        told = self.client.request(method, path, json=body).json()["value"]
        if isinstance(told, dict) and "error" in told:
            raise Refused(f"{path.rpartition('/')[2]}: {told['error']}: {told.get('message')}")
        return told


@contextmanager
def webkit(browsers: Browsers, home: Path) -> Iterator[Driven]:
    """Until the end of the block."""
    port, display = a_free_port(), f":{100 + a_free_port() % 900}"
    environ = browsers.environment(
        home, DISPLAY=display, GDK_BACKEND="x11", LIBGL_ALWAYS_SOFTWARE="1", NO_AT_BRIDGE="1",
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS="1",
    )  # fmt: skip
    screen = browsers.inside("/usr/bin/Xvfb", display, "-screen", "0", "1400x1000x24", "-nolisten", "tcp")
    driver = browsers.inside("/usr/bin/WebKitWebDriver", f"--port={port}")
    little = f"/usr/lib/{browsers.arch}/webkit2gtk-4.1/MiniBrowser"
    with (
        running(screen, environ, home / "screen.log"),
        running(driver, environ, home / "webkit.log"),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_SECONDS) as client,
    ):
        browser = WebKit(client)
        patience = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                browser.begin(little)
                break
            except (httpx2.TransportError, Refused):
                if time.monotonic() > patience:
                    raise
                time.sleep(0.5)
        yield browser
