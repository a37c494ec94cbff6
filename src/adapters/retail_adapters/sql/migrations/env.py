"""What Alembic runs; the connection and schema come from `run.py`. It knows no tables: a migration is text of its own."""

from alembic import context

from retail_adapters.sql.migrations.run import version_table
from retail_adapters.sql.tables.base import SCHEMA

connection = context.config.attributes["connection"]
schema = context.config.attributes.get("schema", SCHEMA)
if connection.dialect.name != "sqlite":
    connection = connection.execution_options(schema_translate_map={SCHEMA: schema})
context.configure(connection=connection, **version_table(connection, schema))
with context.begin_transaction():
    context.run_migrations()
