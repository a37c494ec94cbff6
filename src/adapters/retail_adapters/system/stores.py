"""Which store a collection of the host is made for: a shop that is opened on another one refuses it at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from retail_domain.kernel.hosted import Hosted

MEMORY: Final = "memory"
DATABASE: Final = "a database"


def require_store(hosted: Mapping[Hosted[Any], Any], store: str) -> None:
    """Raises TypeError for a collection that says that it lies in another store; a function of the host's own says nothing."""
    for which, make in hosted.items():
        meant = getattr(make, "lies_in", store)
        if meant != store:
            raise TypeError(f"hosted collection {which.name!r} is made for {meant}, and this shop is kept in {store}")
