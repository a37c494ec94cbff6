"""How values become text on a page: the templates, money, instants, marks (one formatter each)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from attrs import define, field
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.money import Money
from retail_entrypoints.web.amounts import amount_for_typing
from retail_entrypoints.web.compiled import compiled_templates
from retail_entrypoints.web.static import static_files
from retail_entrypoints.web.words import Sentences

_SIGNS: Final = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
_LETTERS_MAX: Final = 2


@define
class Look:
    """The templates of all pages. Every one is loaded at the start, so a broken one stops the start."""

    calendar: Calendar
    _environment: Environment = field(init=False)

    def __attrs_post_init__(self) -> None:
        environment = Environment(
            loader=PackageLoader("retail_entrypoints.web", ""), autoescape=True, undefined=StrictUndefined, auto_reload=False,
            trim_blocks=True, lstrip_blocks=True, cache_size=-1,
            bytecode_cache=compiled_templates(), optimized=False,  # so that what is kept holds nothing our filters made
        )  # fmt: skip
        environment.filters |= {
            "price": price, "amount": amount, "day": self._day, "moment": self._moment, "iso": _iso, "lines": _lines,
            "mark": mark, "tint": tint, "plain": plain,
            "typed": amount_for_typing, "zip": zip, "named": _named, "lasting": _lasting,
        }  # fmt: skip
        environment.globals |= {"static": static_files().address, "icon": icon, "sign": sign}
        for name in environment.list_templates(extensions=["html"]):
            environment.get_template(name)
        self._environment = environment

    def render(self, template: str, **told: Any) -> str:
        """A page, or a part of one."""
        return self._environment.get_template(template).render(**told)

    @pass_context
    def _day(self, context: Context, at: datetime) -> Markup:
        words: Sentences = context["t"]
        year, month, day = self.calendar.spelled(at)
        text = words("time.day", year=year, month=month, day=day)
        return Markup('<time datetime="{}">{}</time>').format(_iso(at), text)

    @pass_context
    def _moment(self, context: Context, at: datetime) -> Markup:
        words: Sentences = context["t"]
        year, month, day = self.calendar.spelled(at)
        clock = self.calendar.time_of(at).isoformat("minutes")
        text = words("time.moment", year=year, month=month, day=day, clock=clock)
        return Markup('<time datetime="{}">{}</time>').format(_iso(at), text)


def amount(money: Money) -> str:
    """Money as words: ¥88, ¥88.50."""
    sign, whole, rest = _parts(money)
    return f"{sign}{whole}{rest}"


def plain(money: Money) -> str:
    """Money for machines: 88.00."""
    whole, cents = divmod(abs(money.minor), 100)
    return f"{'-' if money.minor < 0 else ''}{whole}.{cents:02d}"


def price(money: Money) -> Markup:
    """Money where it catches the eye: the sign and the cents small."""
    sign, whole, rest = _parts(money)
    cents = Markup("<small>{}</small>").format(rest) if rest else Markup("")
    return Markup('<span class="price"><small>{}</small>{}{}</span>').format(sign, whole, cents)


def _parts(money: Money) -> tuple[str, str, str]:
    whole, rest = divmod(abs(money.minor), 100)
    sign = ("−" if money.minor < 0 else "") + _SIGNS.get(money.currency, f"{money.currency} ")
    return sign, str(whole), f".{rest:02d}" if rest else ""


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _lines(text: str) -> Markup:
    """Text with its line breaks; whatever else stands in it is text."""
    paragraphs = (escape(part).replace("\n", Markup("<br>")) for part in text.strip().split("\n\n"))
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in paragraphs)


def _named(values: Iterable[str], words: Sentences, prefix: str) -> list[tuple[str, str]]:
    """What can be chosen, and what each of it is called."""
    return [(one, words(f"{prefix}{one}")) for one in values]


def _lasting(seconds: int, words: Sentences) -> str:
    """A time that is told in seconds, in the largest measure of which it is so many."""
    for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds and seconds % size == 0:
            return words(f"desk.lasting.{name}", count=seconds // size)
    return ""


def mark(title: str) -> str:
    """What stands in the place of a picture that goods do not have: the beginning of their name."""
    return "".join(letter for letter in title if letter.isalnum())[: 1 if title[:1] > "\u2e7f" else _LETTERS_MAX] or "·"


def tint(title: str) -> int:
    """One of four grounds for such a place, the same for a name wherever it stands."""
    return sum(map(ord, title)) % 4


def icon(name: str, label: str = "") -> Markup:
    """A mark of the sprite file; with a label it is read out, else it is decoration."""
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return _drawn("icons.svg", name, told)


def sign(name: str) -> Markup:
    """A mark of the console's own sprite file, as decoration."""
    return _drawn("desk-icons.svg", name, Markup('aria-hidden="true"'))


def _drawn(sprite: str, name: str, told: Markup) -> Markup:
    return Markup('<svg class="ico" {}><use href="{}#{}"></use></svg>').format(told, static_files().address(sprite), name)
