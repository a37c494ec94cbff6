"""What is new: review_summaries, reviews; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
