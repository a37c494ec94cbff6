"""What is new: tier_standings; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
