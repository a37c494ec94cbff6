"""Places (范围): the warehouses and stores that somebody is bound to; what belongs to others is not there for them (R35)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from retail_domain.kernel.checked import checked
from retail_domain.kernel.ids import LocationId


@frozen
@checked
class Places:
    """Some places, or with None every one there is or will be."""

    ids: frozenset[LocationId] | None = None

    @classmethod
    def of(cls, ids: Iterable[LocationId]) -> Places:
        """These alone."""
        return cls(frozenset(ids))

    @property
    def is_everywhere(self) -> bool:
        """Whether nothing is out of reach."""
        return self.ids is None

    @property
    def bound_to(self) -> list[LocationId]:
        """The places, ascending; whoever asks has seen that they are counted."""
        return sorted(self.ids or ())

    def has(self, place: LocationId) -> bool:
        """Whether this place is one of them."""
        return self.ids is None or place in self.ids

    def covers(self, other: Places) -> bool:
        """Whether all of the other are among them."""
        return self.ids is None or (other.ids is not None and other.ids <= self.ids)

    def both(self, other: Places) -> Places:
        """What is in both."""
        if self.ids is None or other.ids is None:
            return other if self.ids is None else self
        return Places(self.ids & other.ids)

    def either(self, other: Places) -> Places:
        """What is in one of them."""
        return EVERYWHERE if self.ids is None or other.ids is None else Places(self.ids | other.ids)


EVERYWHERE: Final = Places()
"""Whoever is bound to no place: a host's code, the system, and staff whose roles name none."""
