"""Words of reviews in the spelling that is searched; orders by when they arrived, for reviews nobody wrote.

No release before knows reviews, so none is without its words.
"""

from retail_adapters.sql.migrations.scripts import run_files

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """No row is read or written; on PostgreSQL the index of orders is made before, while everybody goes on."""
    run_files(__file__)
