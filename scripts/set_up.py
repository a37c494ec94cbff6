"""Makes the virtual environment `.venv` and installs the locked dependencies and this project into it.

    python3 scripts/set_up.py runtime|dev

Needs nothing but Python 3.11 and its standard library. Debian and Ubuntu ship Python without `ensurepip`; then pip comes
from the machine's own pip, else from the wheel in Debian's `python3-pip-whl`, which is unpacked without root (DOR-R7).
The environment itself holds what the lock names and no more: neither that pip, which may be old, nor what builds us.
A stamp keeps the fingerprint of what was installed, so the second run takes no time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
WHEELS = PROJECT / ".cache" / "pip-wheel"
_FETCHED = WHEELS / "usr/share/python-wheels"
PIP = PROJECT / ".cache" / "pip"
BUILD = PROJECT / ".cache" / "build"
TOOLS = ("pip", "setuptools", "wheel", "hatchling", "editables")
MET_BY = {"runtime": ("runtime", "dev"), "dev": ("dev",)}

HELP = """There is no pip on this machine and none could be unpacked ({reason}).
Run this once, then try again:

    apt-get install python3-venv"""
NO_AUTHORITIES = """

This machine does not know whom to believe on the network: ca-certificates are missing, or your network has its own.
Run this once, then try again:

    apt-get install ca-certificates"""


class SetUpFailed(Exception):
    """The environment could not be made; the message is for the person at the terminal."""


def main(arguments: list[str]) -> int:
    """Set up for running the shop (`runtime`) or for working on it (`dev`)."""
    if len(arguments) != 1 or arguments[0] not in MET_BY:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - this file also runs where Python is too old, to say so
        return _with_newer_python(arguments)
    try:
        _set_up(arguments[0])
    except SetUpFailed as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _with_newer_python(arguments: list[str]) -> int:
    for minor in range(14, 10, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            return subprocess.call([newer, __file__, *arguments])
    print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
    return 1


def _set_up(what: str) -> None:
    if any(_is_installed(kind) for kind in MET_BY[what]):
        return
    if not _runs(PYTHON, "-c", "pass") or _holds_what_no_lock_names(what):
        _say("Making the virtual environment .venv")
        _make_environment()
    _say("Installing the locked dependencies (about a minute the first time)")
    pip = _a_pip()
    pip("install", "--require-hashes", "-r", str(_requirements(what)))
    pip("install", "--no-deps", "--no-index", "--force-reinstall", str(_ourselves(pip)))
    _stamp(what).write_text(_fingerprint(what))
    _say("Ready")


def _make_environment() -> None:
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
    _run(command, "The virtual environment could not be made")


def _holds_what_no_lock_names(what: str) -> bool:
    """Whether an earlier set-up left tools there which age unseen: the pip and setuptools of some Python, what built us."""
    locked = set(re.findall(r"^([a-z0-9._-]+==[^ ]+)", _requirements(what).read_text(), re.MULTILINE))
    found = [info.name.removesuffix(".dist-info").split("-") for info in VENV.glob("lib/python*/site-packages/*.dist-info")]
    return any(f"{name}=={version}" not in locked for name, version in found if name in TOOLS)


def _ourselves(pip: Callable[..., None]) -> Path:
    """A wheel that names where our source stands. What builds it stays outside of the environment."""
    tools, built = BUILD / "tools", BUILD / "wheel"
    shutil.rmtree(BUILD, ignore_errors=True)
    built.mkdir(parents=True)
    pip("install", "--target", str(tools), "--require-hashes", "-r", str(_requirements("build")))
    code = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    _run([str(PYTHON), "-c", code, str(built)], "The project could not be installed", PYTHONPATH=str(tools))
    return next(built.glob("*.whl"))


def _a_pip() -> Callable[..., None]:
    """A pip that works on the environment from outside: of this machine's Python, of its packages, or of Debian's package."""
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    wheel = next(filter(None, map(_pip_wheel, _wheel_folders())), None)
    command, where = [str(PYTHON), "-m", "pip"], {}
    if wheel is None and _runs(Path(sys.executable), "-m", "pip", "--python", str(PYTHON), "--version"):
        command = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    else:
        where = {"PYTHONPATH": str(_unpacked(wheel or _fetched_wheel()))}

    def pip(*arguments: str) -> None:
        _run([*command, *arguments, *quiet], "The dependencies could not be installed", **where)

    return pip


def _wheel_folders() -> list[Path]:
    ensuring = importlib.util.find_spec("ensurepip")
    bundled = [Path(each) / "_bundled" for each in ensuring.submodule_search_locations or ()] if ensuring else []
    told = sysconfig.get_config_var("WHEEL_PKG_DIR")
    return [*bundled, *([Path(told)] if told else []), Path("/usr/share/python-wheels"), _FETCHED]


def _unpacked(wheel: Path) -> Path:
    folder = PIP / wheel.stem
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _fetched_wheel() -> Path:
    from scripts.debian_packages import CannotUnpack, unpack

    _say("Fetching pip from the packages of this system")
    try:
        WHEELS.parent.mkdir(exist_ok=True)
        unpack(["python3-pip-whl"], WHEELS)
    except CannotUnpack as reason:
        raise SetUpFailed(HELP.format(reason=reason)) from reason
    wheel = _pip_wheel(_FETCHED)
    if wheel is None:
        raise SetUpFailed(HELP.format(reason="the package python3-pip-whl holds no wheel"))
    return wheel


def _pip_wheel(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("pip-*.whl"))), None)


def _runs(program: Path, *arguments: str) -> bool:
    if not program.exists():
        return False
    return subprocess.run([program, *arguments], capture_output=True, check=False).returncode == 0


def _run(command: list[str], failure: str, **more: str) -> None:
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", **more}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise SetUpFailed(f"{failure}:\n{said}{_advice(said)}")


def _advice(said: str) -> str:
    """What helps where a machine has no list of authorities whom to believe: a bare Debian comes without."""
    return NO_AUTHORITIES if "CERTIFICATE_VERIFY_FAILED" in said else ""


def _is_installed(what: str) -> bool:
    return _stamp(what).exists() and _stamp(what).read_text() == _fingerprint(what) and PYTHON.exists()


def _requirements(what: str) -> Path:
    return PROJECT / "requirements" / f"{what}.txt"


def _stamp(what: str) -> Path:
    return VENV / f"installed-{what}"


def _fingerprint(what: str) -> str:
    """Names the lock, the project's own declarations, where it stands and the Python that runs it."""
    declared = (_requirements(what), _requirements("build"), PROJECT / "pyproject.toml")
    parts = [*(file.read_bytes() for file in declared), str(PROJECT).encode()]
    parts.append(os.path.realpath(PYTHON).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _say(sentence: str) -> None:
    print(f"  {sentence} ...", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
