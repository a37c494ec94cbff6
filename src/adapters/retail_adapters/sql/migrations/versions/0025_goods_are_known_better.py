"""What is new: price_changes, sku_barcodes, and what products and skus are known by; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
