"""Every family of pages before one's eyes: in both languages, on a phone and on a desk, by day and by night (DOR-R10).

    python -m tests.web.shots [--into FOLDER] [--only PART]

Writes a picture of each and a page that shows them side by side, prints whatever is wrong, and fails if anything is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from tests.web.lit_shop import lit_shop
from tests.web.screen import EVERY_LOOK, a_browser
from tests.web.tour import Stop, families, look_at, stops

FOLDER: Final = Path(__file__).parents[2] / ".cache" / "shots"
_HEAD: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>
body{font:14px system-ui;margin:24px}h2{margin:32px 0 8px}div{display:flex;gap:12px;overflow:auto;align-items:flex-start}
img{height:480px;border:1px solid #ccc}figure{margin:0}figcaption{color:#555}.bad{color:#b00}</style><h1>Every page</h1>
"""


def photograph(into: Path, only: str) -> Iterator[str]:
    """Take the pictures; what is wrong with the pages."""
    into.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        lit_shop(Path(folder), with_all_goods=True) as lit,
        a_browser(lit.url) as visitors,
        (into / "index.html").open("w") as index,
        visitors.visit(examined=True) as screen,
    ):
        index.write(_HEAD)
        for stop, walker in stops(lit.url, families()):
            if only not in stop.family:
                continue
            index.write(f"<h2>{escape(stop.family)} <small>{stop.who}</small></h2><div>")
            for look in EVERY_LOOK:
                found = [f"{stop.family} ({look.name}): {one}" for one in look_at(screen, stop, walker, look)]
                name = f"{_name(stop)}-{look.name}.png"
                screen.page.screenshot(path=into / name, full_page=True)
                index.write(f'<figure><a href="{name}"><img src="{name}" alt=""></a><figcaption>{look.name}</figcaption>')
                index.write("".join(f'<p class="bad">{escape(one)}</p>' for one in found) + "</figure>")
                yield from found
            index.write("</div>\n")


def _name(stop: Stop) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in stop.family).strip("-") or "home"


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="a part of the address of a family")
    wanted = parser.parse_args(arguments)
    many = 0
    for one in photograph(wanted.into, wanted.only):
        print(one, flush=True)
        many += 1
    print(f"{wanted.into / 'index.html'}: {many} findings")
    return 1 if many else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
