"""What a member's own pages show: their addresses, and the regions to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from retail_domain.accounts import PROVINCES, AccountsQueries, Region


@frozen(kw_only=True)
class Select:
    """One list to choose a region from, and what is chosen in it."""

    name: str
    options: tuple[Region, ...]
    chosen: str


@frozen(kw_only=True)
class RegionChoice:
    """Lists, from the province down, as far as somebody has chosen; the next one is open until the lowest level."""

    selects: tuple[Select, ...]
    code: str
    """The region that was chosen so far; empty before a province is."""
    is_complete: bool
    needs_name: bool
    """Whether the shop knows no regions below the provinces, so that they are written by hand."""


LEVELS = ("province", "city", "district")


async def regions_for(show: AccountsQueries, chosen: Sequence[str]) -> RegionChoice:
    """What to choose from after these choices; one that does not lie in the one before it is dropped with all below it."""
    parent: str | None = None
    selects: list[Select] = []
    code = ""
    knows_any = False
    for level, wanted in zip(LEVELS, (*chosen, "", "", ""), strict=False):
        options = tuple(await show.regions(parent)) if parent or level == LEVELS[0] else ()
        if level == LEVELS[0]:
            knows_any = bool(options)
            options = options or tuple(Region(code=code, name=name, parent=None) for code, name in PROVINCES.items())
        if not options:
            break
        taken = wanted if any(one.code == wanted for one in options) else ""
        selects.append(Select(name=level, options=options, chosen=taken))
        if not taken:
            return RegionChoice(selects=tuple(selects), code=code, is_complete=False, needs_name=not knows_any)
        parent = code = taken
    return RegionChoice(selects=tuple(selects), code=code, is_complete=True, needs_name=not knows_any)


def way_down(code: str) -> tuple[str, str, str]:
    """A region's code as choices from the province down."""
    return f"{code[:2]}0000", f"{code[:4]}00", code
