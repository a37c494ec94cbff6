"""Descriptions in HTML, as shop programs export them, read as the text that they show."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

_ENDS_LINE: Final = frozenset("address article br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p section table tr ul".split())
_NOT_SHOWN: Final = frozenset({"head", "script", "style", "template", "title"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.hidden = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _NOT_SHOWN
        if tag in _ENDS_LINE:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _NOT_SHOWN and self.hidden > 0
        if tag in _ENDS_LINE:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.lines[-1] += data


def plain_text(html: str) -> str:
    """The text of an HTML fragment, a line for each block; never a tag."""
    reader = _Text()
    reader.feed(html.replace("\\n", "\n"))  # as one of them writes the end of a line
    reader.close()
    told = (" ".join(line.split()) for line in reader.lines)
    return "\n".join(line for line in told if line)
