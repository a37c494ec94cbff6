"""What is new: promotions, price_books.offers; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
