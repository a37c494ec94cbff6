"""What is new: settings_changes; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
