"""A Chromium for the tests of pages, found or unpacked, never installed (DOR-R7).

Where it comes from, in this order: the program, or the folder of unpacked packages, named by `RETAIL_TEST_CHROMIUM`; a
`chromium` or `google-chrome` of this machine; Debian's package with Chinese fonts, unpacked into `.cache`. There is no
skipping: without a browser the tests fail with the command to run.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from attrs import frozen

from scripts.debian_packages import CannotUnpack, unpack

UNPACKED: Final = Path(__file__).parents[2] / ".cache" / "chromium"
PACKAGES: Final = ("chromium", "fonts-noto-cjk")
PROGRAMS: Final = ("chromium", "google-chrome", "google-chrome-stable", "chrome")
FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""It runs where there is no sandbox for it, as in a container; and it finds nobody but this machine."""
_INSIDE: Final = Path("usr/lib/chromium/chromium")
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{root}/usr/share/fonts</dir><cachedir>{home}/fonts</cachedir></fontconfig>
"""


class NoChromium(Exception):
    """There is no browser and none could be fetched; the message names the command that helps."""


@frozen
class Chromium:
    """A browser that can be started."""

    program: Path
    root: Path | None = None
    """Where its packages are unpacked, if they are not installed."""

    def environment(self, home: Path) -> dict[str, str]:
        """What it is started with; `home` is a folder for what it writes."""
        given = {"HOME": str(home), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "Asia/Shanghai"}
        if self.root is None:
            return given
        fonts = home / "fonts.conf"
        fonts.write_text(_FONTS.format(root=self.root, home=home))
        folders = sorted({str(file.parent) for file in (self.root / "usr/lib").glob("*-linux-*/**/*.so*")})
        libraries = ":".join([*folders, str(self.program.parent)])
        return given | {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(fonts)}


def a_chromium() -> Chromium:
    """The browser for the tests. Raises NoChromium."""
    named = os.environ.get("RETAIL_TEST_CHROMIUM")
    if named:
        return _named(Path(named).absolute())
    found = _installed() or _unpacked(UNPACKED)
    if found is None:
        try:
            UNPACKED.parent.mkdir(exist_ok=True)
            unpack(PACKAGES, UNPACKED)
        except CannotUnpack as reason:
            raise NoChromium(_advice(str(reason))) from reason
        found = _unpacked(UNPACKED)
    if found is None:
        # Ubuntu's package of this name holds a line that starts a snap.
        shutil.rmtree(UNPACKED, ignore_errors=True)
        raise NoChromium(_advice("the package of this system brings no program, only the way to a snap"))
    return found


def _named(path: Path) -> Chromium:
    found = _unpacked(path) if path.is_dir() else Chromium(path) if os.access(path, os.X_OK) else None
    if found is None:
        raise NoChromium(f"RETAIL_TEST_CHROMIUM names no browser: {path}")
    return found


def _installed() -> Chromium | None:
    """One of this machine; not a snap, which sees no folder of ours."""
    found = (shutil.which(name) for name in PROGRAMS)
    return next((Chromium(Path(one)) for one in found if one and "/snap/" not in os.path.realpath(one) + one), None)


def _unpacked(root: Path) -> Chromium | None:
    program = root / _INSIDE
    return Chromium(program, root) if os.access(program, os.X_OK) else None


def _advice(reason: str) -> str:
    return (
        f"No Chromium for the tests of pages ({reason}). On Debian run `apt-get install chromium fonts-noto-cjk` as root; on "
        "Ubuntu install google-chrome-stable from Google's package, since Ubuntu's chromium is a snap; or set "
        "RETAIL_TEST_CHROMIUM to a Chromium or Chrome that you have."
    )
