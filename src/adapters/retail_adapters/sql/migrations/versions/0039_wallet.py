"""What is new: wallet_accounts, wallet_entries, wallet_lots, wallet_uses, withdrawals; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
