"""What is new: custom_roles, staff.custom_roles, api_keys.places, an index of promises by place; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
