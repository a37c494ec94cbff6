"""What is new: product_sales; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
