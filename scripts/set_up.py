"""Makes the virtual environment `.venv` and installs the locked dependencies and this project into it.

    python3 scripts/set_up.py runtime|dev

Needs nothing but Python 3.11 and its standard library. Debian and Ubuntu ship Python without `ensurepip`; then pip comes
from the machine's own pip, else from the wheel in Debian's `python3-pip-whl`, which is unpacked without root (DOR-R7).
A stamp keeps the fingerprint of what was installed, so the second run takes no time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
WHEELS = PROJECT / ".cache" / "pip-wheel"
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
    if not _runs(PYTHON, "-c", "pass"):
        _say("Making the virtual environment .venv")
        _make_environment()
    if not _runs(PYTHON, "-m", "pip", "--version"):
        _bring_pip()
    _say("Installing the locked dependencies (about a minute the first time)")
    _pip("install", "--require-hashes", "-r", str(_requirements(what)))
    _pip("install", "--no-deps", "--no-build-isolation", "--editable", str(PROJECT))
    _stamp(what).write_text(_fingerprint(what))
    _say("Ready")


def _make_environment() -> None:
    options = [] if _has_ensurepip() else ["--without-pip"]
    _run([sys.executable, "-m", "venv", "--clear", *options, str(VENV)], "The virtual environment could not be made")


def _has_ensurepip() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


def _bring_pip() -> None:
    """Install pip into the environment from what the machine has, or from Debian's wheel of it."""
    wheel = _pip_wheel(Path("/usr/share/python-wheels"))
    if wheel is None and _runs(Path(sys.executable), "-m", "pip", "--python", str(PYTHON), "--version"):
        command = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
        _run(command, "pip could not be installed")
        return
    if wheel is None:
        wheel = _unpacked_wheel()
    command = [str(PYTHON), f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)]
    _run(command, "pip could not be installed from its wheel")


def _unpacked_wheel() -> Path:
    from scripts.debian_packages import CannotUnpack, unpack

    _say("Fetching pip from the packages of this system")
    try:
        WHEELS.parent.mkdir(exist_ok=True)
        unpack(["python3-pip-whl"], WHEELS)
    except CannotUnpack as reason:
        raise SetUpFailed(HELP.format(reason=reason)) from reason
    wheel = _pip_wheel(WHEELS / "usr/share/python-wheels")
    if wheel is None:
        raise SetUpFailed(HELP.format(reason="the package python3-pip-whl holds no wheel"))
    return wheel


def _pip_wheel(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("pip-*.whl"))), None)


def _pip(*arguments: str) -> None:
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    _run([str(PYTHON), "-m", "pip", *arguments, *quiet], "The dependencies could not be installed")


def _runs(program: Path, *arguments: str) -> bool:
    if not program.exists():
        return False
    return subprocess.run([program, *arguments], capture_output=True, check=False).returncode == 0


def _run(command: list[str], failure: str) -> None:
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
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
    parts = [_requirements(what).read_bytes(), (PROJECT / "pyproject.toml").read_bytes(), str(PROJECT).encode()]
    parts.append(os.path.realpath(PYTHON).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _say(sentence: str) -> None:
    print(f"  {sentence} ...", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
