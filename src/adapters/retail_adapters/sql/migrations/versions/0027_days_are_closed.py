"""What is new: book_closings, book_days; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
