"""What is new: trail_seals; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
