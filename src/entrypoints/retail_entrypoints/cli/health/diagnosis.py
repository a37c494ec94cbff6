"""What a check found: how bad it is, what is so, and what to do."""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Health(Enum):
    """How bad something is: nothing, worth a look, or to be mended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@frozen
class Diagnosis:
    """One line of the doctor; `do` says what helps, and is empty where nothing has to."""

    check: str
    health: Health
    says: str
    do: str = ""


def well(check: str, says: str) -> Diagnosis:
    """Nothing has to be done."""
    return Diagnosis(check, Health.OK, says)


def odd(check: str, says: str, do: str) -> Diagnosis:
    """Worth a look."""
    return Diagnosis(check, Health.WARN, says, do)


def ill(check: str, says: str, do: str) -> Diagnosis:
    """To be mended."""
    return Diagnosis(check, Health.FAIL, says, do)
