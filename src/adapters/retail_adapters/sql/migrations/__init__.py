"""The schema's history, run by Alembic: `upgrade(url)`, and `check(url)`, which every start asks and needs no Alembic (R44)."""

from typing import TYPE_CHECKING

from retail_adapters.sql.migrations.revision import check as check, newest as newest

if TYPE_CHECKING:
    from retail_adapters.sql.migrations.run import Pace as Pace, revisions as revisions, upgrade as upgrade
else:

    def __getattr__(name: str) -> object:
        """What needs Alembic brings it along when it is asked for."""
        if name not in {"Pace", "revisions", "upgrade"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from retail_adapters.sql.migrations import run

        return getattr(run, name)
