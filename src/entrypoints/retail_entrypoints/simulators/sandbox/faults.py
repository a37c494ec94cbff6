"""How the simulated provider misbehaves on request: each fault is armed for a number of occasions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import evolve, frozen

CALLS: Final = ("create", "query", "close", "refund", "query_refund")
PLACES: Final = (*CALLS, "call", "notice", "any")

USUAL_PLACE: Final[Mapping[str, str]] = {
    "delay": "notice",
    "drop": "notice",
    "duplicate": "notice",
    "reorder": "notice",
    "wrong_amount": "notice",
    "wrong_currency": "notice",
    "bad_signature": "notice",
    "timeout_after_effect": "call",
    "drop_after_effect": "call",
    "error_after_effect": "call",
    "throttle": "call",
    "500": "call",
}
"""Every fault, and where it strikes unless told otherwise."""

_ONLY_CALLS: Final = {"timeout_after_effect", "drop_after_effect", "error_after_effect", "throttle", "500"}
_ONLY_NOTICES: Final = {"duplicate", "reorder"}


@frozen(kw_only=True)
class Fault:
    """One kind of misbehaviour, where it strikes, how often, and for how long where that means something."""

    kind: str
    on: str
    count: int = 1
    delay_ms: int = 500

    def __attrs_post_init__(self) -> None:
        if self.kind not in USUAL_PLACE:
            raise ValueError(f"kind is one of {', '.join(USUAL_PLACE)}")
        if self.on not in PLACES:
            raise ValueError(f"on is one of {', '.join(PLACES)}")
        if (self.kind in _ONLY_CALLS and self.on == "notice") or (self.kind in _ONLY_NOTICES and self.on != "notice"):
            raise ValueError(f"{self.kind} cannot strike there")
        if not 1 <= self.count <= 10_000 or not 0 <= self.delay_ms <= 600_000:
            raise ValueError("count is 1 to 10000, delay_ms 0 to 600000")

    def strikes(self, place: str) -> bool:
        """Whether this fault concerns a call of that sort, or a notice."""
        return self.on in (place, "any") or (self.on == "call" and place in CALLS)


class Faults:
    """The faults that wait for their occasion."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Wait for occasions."""
        self.armed.append(fault)

    def take(self, place: str, *kinds: str) -> Fault | None:
        """The oldest fault of these kinds that strikes here, used up by one; none leaves everything as it is."""
        for index, fault in enumerate(self.armed):
            if fault.kind in kinds and fault.strikes(place):
                self.armed[index : index + 1] = [evolve(fault, count=fault.count - 1)] if fault.count > 1 else []
                return fault
        return None

    def clear(self) -> None:
        """Behave again."""
        self.armed.clear()
