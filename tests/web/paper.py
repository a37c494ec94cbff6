"""A browser without scripts: it reads pages, fills in the forms that stand on them, and follows where it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx2
from attrs import define, evolve, field

from retail_entrypoints.settings import Settings
from retail_entrypoints.web.app import create_pages
from tests.e2e.whole_shop import WholeShop

_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_ORIGIN: Final = "http://shop.test"


@define
class Element:
    """A tag of a page, with what stands in it."""

    tag: str
    attributes: Mapping[str, str | None]
    parts: list[Element | str] = field(factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    def has(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        """What is to be read, spaces as one."""
        return " ".join("".join(part if isinstance(part, str) else f" {part.text} " for part in self.parts).split())

    def all(self, *tags: str) -> Iterator[Element]:
        """Everything of these tags within, in order."""
        for part in self.parts:
            if isinstance(part, Element):
                if not tags or part.tag in tags:
                    yield part
                yield from part.all(*tags)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> gives an attribute twice: {names}"
        element = Element(tag, dict(attrs))
        self.open[-1].parts.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].parts.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


@define
class Sheet:
    """A page as it was read."""

    answer: httpx2.Response
    root: Element

    @classmethod
    def of(cls, answer: httpx2.Response) -> Sheet:
        reader = _Reader()
        reader.feed(answer.text)
        assert answer.status_code < 500, answer.text[-600:]
        assert reader.open == [reader.root], f"never ended: {[one.tag for one in reader.open[1:]]}"
        return cls(answer, reader.root)

    @property
    def path(self) -> str:
        return self.answer.url.path

    @property
    def text(self) -> str:
        return next(iter(self.root.all("body"))).text

    @property
    def heading(self) -> str:
        (found,) = self.root.all("h1")
        return found.text

    @property
    def saying(self) -> str:
        return " ".join(one.text for one in self.root.all("p", "div") if one.get("role") in ("status", "alert"))

    def form(self, action: str) -> Element:
        """The form with a button that sends it to an address ending so."""
        for form in self.root.all("form"):
            if form.get("action").endswith(action) or any(b.get("formaction").endswith(action) for b in _buttons(form)):
                return form
        raise AssertionError(f"no form goes to {action}; there are {[f.get('action') for f in self.root.all('form')]}")

    def beside(self, form: Element) -> Iterator[Element]:
        """Fields that stand elsewhere on the page and name the form that they belong to."""
        return (
            one for one in self.root.all("input", "select", "textarea") if one.get("form") and one.get("form") == form.get("id")
        )

    def links(self) -> list[str]:
        """Where the page leads; what is to be downloaded is no page."""
        return [one.get("href") for one in self.root.all("a") if one.has("href") and not one.has("download")]


def _buttons(form: Element) -> Iterator[Element]:
    return (one for one in form.all("button") if one.has("formaction"))


@define
class PaperBrowser:
    """Somebody with cookies, and no scripts."""

    client: httpx2.AsyncClient
    cookies: dict[str, str] = field(factory=dict)

    async def open(self, path: str) -> Sheet:
        return await self._followed(await self._send("GET", path))

    async def submit(self, sheet: Sheet, action: str, files: Sequence[bytes] = (), at_field: str = "", **filled: str) -> Sheet:
        """Fill in the form that goes there, choose files for its first field of files or for that one, and press its button."""
        return await self._followed(await self.press(sheet, action, files, at_field, **filled))

    async def press(
        self, sheet: Sheet, action: str, files: Sequence[bytes] = (), at_field: str = "", **filled: str
    ) -> httpx2.Response:
        """The same, without following where it leads."""
        form = sheet.form(action)
        asked = [*form.all("input", "select", "textarea", "button"), *sheet.beside(form)]
        fields = dict(_filled(asked))
        unknown = filled.keys() - {one.get("name") for one in asked}
        assert not unknown, f"the form has no {unknown}"
        sends = next((b.get("formaction") for b in _buttons(form) if b.get("formaction").endswith(action)), form.get("action"))
        field = at_field or next((one.get("name") for one in form.all("input") if one.get("type") == "file"), None)
        if form.get("enctype") == "multipart/form-data" and field is not None:
            text = (fields | filled).get(field)
            chosen = [*files, *([text.encode()] if text else [])]
            sent = [(field, (f"{place}.jpg", content, "image/jpeg")) for place, content in enumerate(chosen)]
            told = {name: value for name, value in (fields | filled).items() if name != field}
            return await self._send("POST", sends, told, sheet.path, files=sent or [(field, ("", b"", "x/y"))])
        assert not files, "only forms with files take files"
        return await self._send(form.get("method") or "GET", sends, fields | filled, sheet.path)

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> httpx2.Response:
        return await self._send("POST", path, fields, None, headers)

    @property
    def cookie_line(self) -> str:
        """What it sends of itself."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def _send(
        self, method: str, path: str, fields: Mapping[str, str] | None = None, page: str | None = None,
        headers: Mapping[str, str] | None = None, files: Sequence[tuple[str, tuple[str, bytes, str]]] = (),
    ) -> httpx2.Response:  # fmt: skip
        told = {"Cookie": self.cookie_line} if self.cookies else {}
        if page is not None:
            told |= {"Sec-Fetch-Site": "same-origin", "Referer": f"{_ORIGIN}{page}"}
        told |= headers or {}
        self.client.cookies.clear()  # several share one client, and each keeps cookies of their own
        if method.upper() == "GET":
            answer = await self.client.get(path, params=fields or None, headers=told)
        else:
            answer = await self.client.post(path, data=dict(fields or {}), headers=told, files=files or None)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def _followed(self, answer: httpx2.Response) -> Sheet:
        for _ in range(5):
            if answer.status_code != 303:
                return Sheet.of(answer)
            place = urlsplit(urljoin(str(answer.url), answer.headers["location"]))
            answer = await self._send("GET", f"{place.path}?{place.query}" if place.query else place.path)
        raise AssertionError("sent on and on")


def _filled(asked: Iterable[Element]) -> Iterator[tuple[str, str]]:
    for one in asked:
        name, kind = one.get("name"), one.get("type")
        if not name or one.has("disabled") or one.tag == "button":
            continue
        if one.tag == "textarea":
            yield name, "".join(part for part in one.parts if isinstance(part, str)).removeprefix("\n")
        elif kind == "file":
            continue
        elif one.tag == "select":
            chosen = [option.get("value") for option in one.all("option") if option.has("selected")]
            yield name, chosen[0] if chosen else next((option.get("value") for option in one.all("option")), "")
        elif kind not in ("radio", "checkbox") or one.has("checked"):
            yield name, one.get("value")


def with_pages(shop: WholeShop, **environ: str) -> WholeShop:
    """The shop, with its pages beside the API."""
    settings = Settings.from_environ({"RETAIL_PUBLIC_URL": _ORIGIN, "RETAIL_REQUESTS_PER_ADDRESS": "64"} | environ)
    return evolve(shop, opened=evolve(shop.opened, settings=settings), pages=create_pages, doors=[])


@asynccontextmanager
async def browsing(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    """Somebody comes in."""
    async with shop.knocking() as client:
        yield PaperBrowser(client)
