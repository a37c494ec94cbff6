"""What is new: points_accounts, points_entries, points_lots, points_uses, orders.points_rate; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
