"""What is new: message_settings.quiet_hours; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
