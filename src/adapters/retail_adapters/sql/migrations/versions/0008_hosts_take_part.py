"""Events get numbers once they are committed, so that a reader passes over none.

The release before knows no numbers and leaves them empty, which is what a worker looks for.
"""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add what is new; workers number the events that are there."""
    run_files(__file__)
