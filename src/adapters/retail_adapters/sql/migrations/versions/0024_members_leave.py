"""What is new: erasures, trade_records, members.closed_at; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
