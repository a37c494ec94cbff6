"""What belongs to an order says whose it is: columns that releases before leave empty."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what is new; nothing here reads or writes a row, so that no lock is held for long."""
    run_files(__file__)
