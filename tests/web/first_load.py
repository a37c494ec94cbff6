"""What comes over the wire for a page in a browser that keeps nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import define

from tests.web.screen import DESKTOP, PHONE, Screen, Visitors


@define
class Load:
    """What came over the wire for one page, by kind."""

    requests: int = 0
    html: int = 0
    whole: int = 0
    css: int = 0
    js: int = 0
    marks: int = 0
    pictures: int = 0

    def hear(self, answer: Any) -> None:
        """One answer more."""
        self.requests += 1
        path, size = urlsplit(answer.url).path, answer.request.sizes()["responseBodySize"]
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.request.resource_type == "document":
            self.html, self.whole = size, len(answer.body())
        elif kind == "text/css":
            self.css += size
        elif kind == "text/javascript":
            self.js += size
        elif path.startswith("/pictures/"):
            self.pictures += size
        else:
            self.marks += size


def first_load(visitors: Visitors, cookies: Mapping[str, str], path: str, *, is_desk: bool = False) -> Load:
    """A page in a browser that keeps nothing yet, until all of its first load is there."""
    found, load = list[Any](), Load()
    with visitors.visit(viewport=DESKTOP if is_desk else PHONE) as screen:
        log_in(screen, cookies)
        screen.page.on("request", lambda one: found.append(one))  # noqa: PLW0108 - the driver marks what it is given
        screen.page.goto(f"{screen.url}{path}", wait_until="load")
        for asked in tuple(found):
            load.hear(asked.response())
    return load


def log_in(screen: Screen, cookies: Mapping[str, str]) -> None:
    """Be whom these cookies say."""
    told = {**cookies, "lang": "zh-CN"}
    screen.page.context.add_cookies([{"name": name, "value": value, "url": screen.url} for name, value in told.items()])
