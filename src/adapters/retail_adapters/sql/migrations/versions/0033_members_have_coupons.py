"""What is new: coupon_codes, coupon_editions, coupon_holders, coupon_templates, coupons; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
