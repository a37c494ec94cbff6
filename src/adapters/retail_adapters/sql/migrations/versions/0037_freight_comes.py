"""What is new: freight_templates.coming, what a template will charge from a moment on; tier_standings.taken_because."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Nothing is planned of those that are there."""
    run_files(__file__)
