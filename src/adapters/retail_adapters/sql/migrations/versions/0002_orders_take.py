"""What an order is made of: numbered lines, owners of promises, kinds that were taken, tenders; and whose each row is.

Columns that the release before does not know have defaults it can live with.
"""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what is new; nothing here reads or writes a row, so that no lock is held for long."""
    run_files(__file__)
