"""The first schema: tables, checks and indexes as the SQL files beside this one say."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    run_files(__file__)
