"""Sales are counted by the moment their money came: an index."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """No row is changed; on PostgreSQL the index is made before, while everybody goes on."""
    run_files(__file__)
