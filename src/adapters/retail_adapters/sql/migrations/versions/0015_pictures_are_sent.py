"""What is new: pictures, picture_uses; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
