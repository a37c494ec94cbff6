"""What is new: notes; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
