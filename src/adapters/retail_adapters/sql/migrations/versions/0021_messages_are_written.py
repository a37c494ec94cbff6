"""Tables of messages. Nobody is told anew what happened before: reading begins behind the last event there is."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Nothing that is there is touched. Events without a number get the next ones: numbers have no gaps."""
    run_files(__file__)
