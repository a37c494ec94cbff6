"""Unpaid orders take places, and lines of carts say since when; columns that the release before leaves empty, and a rule."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """No row is read or written; on PostgreSQL the rule is made before, while everybody goes on."""
    run_files(__file__)
