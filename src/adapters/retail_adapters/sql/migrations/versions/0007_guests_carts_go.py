"""Guests' carts that were left are found by the time of their last change: an index, which no release before minds."""

from alembic import op

from retail_adapters.sql.migrations.scripts import run_files

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing that is there is touched; on PostgreSQL the index is built before, while others write."""
    if op.get_bind().dialect.name == "sqlite":
        run_files(__file__)
