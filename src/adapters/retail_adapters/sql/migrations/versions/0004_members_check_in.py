"""Who came by on which day: a new table, which no release before knows."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
