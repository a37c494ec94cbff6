"""What is new: prices that were agreed, what buyers tell, memos about orders; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
