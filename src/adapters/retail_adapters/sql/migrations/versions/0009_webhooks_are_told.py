"""What is new: webhooks, webhook_tellings; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
