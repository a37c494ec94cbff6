"""What is new: approvals, and indexes by which the trail is searched; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
