"""What is new: points_accounts, points_entries, points_lots, points_uses, orders.points_rate; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0040"
down_revision = "0029"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
