"""What is new: favourites; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
