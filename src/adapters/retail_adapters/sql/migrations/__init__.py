"""The schema's history, run by Alembic: `upgrade(url)` and `check(url)` (R44)."""

from retail_adapters.sql.migrations.run import (
    Pace as Pace,
    check as check,
    newest as newest,
    revisions as revisions,
    upgrade as upgrade,
)
