"""What is new: freight_templates.coming, what a template will charge from a moment on; tier_standings.taken_because.

Moments and days outside of the years that the shop knows could be typed before: they become the edge of those years.
"""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Nothing is planned of those that are there; sales that end in the year 9999 have no end."""
    run_files(__file__)
