"""What is new: points_uses.settled; and the kind of points that orders note goes by a shorter name."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0036"
down_revision = "0034"


def upgrade() -> None:
    """No release before knows the table, nor the kind."""
    run_files(__file__)
