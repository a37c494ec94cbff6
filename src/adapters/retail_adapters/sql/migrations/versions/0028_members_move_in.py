"""What is new: opening_totals; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
