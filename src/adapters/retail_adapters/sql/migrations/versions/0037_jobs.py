"""What is new: jobs, job_papers; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
