"""Webhooks take places, and say since when they fail; columns that a process of before leaves empty, and a rule."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """No row is read or written; on PostgreSQL the rule is made before, while everybody goes on."""
    run_files(__file__)
