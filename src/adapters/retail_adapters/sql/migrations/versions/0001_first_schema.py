"""The first schema: tables, checks and indexes as the SQL files beside this one say."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    connection = op.get_bind()
    schema = connection.get_execution_options().get("schema_translate_map", {}).get("retail", "retail")
    script = Path(__file__).with_suffix(f".{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in script.split(";\n\n"):
        # The files say `retail.`; on SQLite the connection itself turns that into a prefix.
        connection.execute(text(statement.strip().rstrip(";").replace("retail.", f"{schema}.").replace(":", "\\:")))
