"""Firefox ESR and WebKitGTK for `make browsers`: Debian's packages, unpacked into `.cache`, never installed (DOR-R7).

WebKitGTK looks for its own processes, and the display for its keyboard, at places that only root may write to: they run where
what was unpacked lies over this machine's own `/usr`, which nobody else sees (a namespace of its own, which Linux gives to
everybody unless it is forbidden; then WebKitGTK cannot be tried this way).
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from scripts.debian_packages import CannotUnpack, unpack

UNPACKED: Final = Path(__file__).parents[2] / ".cache" / "browsers"
PACKAGES: Final = (
    "firefox-esr", "webkit2gtk-driver", "xvfb", "gsettings-desktop-schemas", "libglib2.0-0", "libglib2.0-bin",
    "fonts-noto-cjk",
)  # fmt: skip
_OVER: Final = """
mount -t overlay unpacked -o lowerdir={usr}:/usr /usr
mkdir -p "$HOME/schemas"
/usr/lib/{arch}/glib-2.0/glib-compile-schemas --targetdir="$HOME/schemas" /usr/share/glib-2.0/schemas
export GSETTINGS_SCHEMA_DIR="$HOME/schemas"
exec "$@"
"""
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{root}/usr/share/fonts</dir><cachedir>{home}/fonts</cachedir></fontconfig>
"""
_NO_FRAME: Final = """
headerbar *, toolbar *, toolitem *, entry, button, image { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0;
  font-size: 1px; }
headerbar, toolbar { padding: 0; min-height: 0; }
headerbar image, toolbar image { -gtk-icon-transform: scale(0.1); opacity: 0; }
"""
"""Its buttons would keep the window of WebKitGTK's browser wider than a phone."""
_PATIENCE_SECONDS: Final = 20


class NoBrowsers(Exception):
    """They could not be fetched; the message says why."""


@frozen
class Browsers:
    """Where the packages are unpacked."""

    root: Path

    @property
    def arch(self) -> str:
        """The name of this machine's folder of libraries."""
        return next(each.name for each in sorted((self.root / "usr/lib").glob("*-linux-*")) if each.is_dir())

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        """What a program of theirs is started with; `home` is a folder for what it writes."""
        fonts = home / "fonts.conf"
        fonts.write_text(_FONTS.format(root=self.root, home=home))
        gtk = home / ".config" / "gtk-3.0"
        gtk.mkdir(parents=True, exist_ok=True)
        (gtk / "gtk.css").write_text(_NO_FRAME)
        return {
            "HOME": str(home), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "Asia/Shanghai",
            "FONTCONFIG_FILE": str(fonts), "XDG_RUNTIME_DIR": str(home), **more,
        }  # fmt: skip

    @property
    def libraries(self) -> str:
        """Where those lie that Firefox needs, for `LD_LIBRARY_PATH`."""
        folders = sorted({str(file.parent) for file in (self.root / "usr/lib").glob("*-linux-*/**/*.so*")})
        return ":".join([*folders, str(self.root / "usr/lib/firefox-esr")])

    def inside(self, *command: str) -> list[str]:
        """A command that finds what was unpacked where it looks for it, beside what this machine has."""
        script = _OVER.format(usr=self.root / "usr", arch=self.arch)
        return ["unshare", "--map-root-user", "--mount", "sh", "-ec", script, "sh", *command]


def the_browsers() -> Browsers:
    """Fetched the first time. Raises NoBrowsers."""
    if not UNPACKED.is_dir():
        try:
            UNPACKED.parent.mkdir(exist_ok=True)
            unpack(PACKAGES, UNPACKED)
        except CannotUnpack as reason:
            raise NoBrowsers(f"Firefox ESR and WebKitGTK could not be fetched ({reason}); Debian has both") from reason
    return Browsers(UNPACKED)


@contextmanager
def running(command: Sequence[str], environ: Mapping[str, str], told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program with all that it starts, until the end of the block."""
    with told.open("wb") as file:
        process = subprocess.Popen(
            command, env=dict(environ), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield process
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(_PATIENCE_SECONDS)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue

