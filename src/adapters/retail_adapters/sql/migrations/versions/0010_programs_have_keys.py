"""What is new: api_keys; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
