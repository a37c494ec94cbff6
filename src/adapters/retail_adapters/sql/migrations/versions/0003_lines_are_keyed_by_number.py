"""Lines and promises get their new keys, after those that were there have got their owners and numbers, in portions."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from retail_adapters.sql.migrations.scripts import run, run_files, said

revision = "0003"
down_revision = "0002"

OWNED: Final = ("order_lines", "order_transitions", "parcels", "reservations")
AHEAD: Final = """
SELECT id FROM (SELECT id FROM retail.orders WHERE id > :after ORDER BY id LIMIT :portion) AS ahead ORDER BY id DESC LIMIT 1
"""
FILLED: Final = (
    *(
        f"""
UPDATE retail.{table} AS owned SET member_id = orders.member_id FROM retail.orders AS orders
WHERE owned.order_id = orders.id AND owned.member_id IS NULL AND orders.id > :after AND orders.id <= :upto
"""
        for table in OWNED
    ),
    """
UPDATE retail.reservations AS owned SET line = lines.position + 1 FROM retail.order_lines AS lines
WHERE owned.order_id = lines.order_id AND owned.sku_id = lines.sku_id AND owned.line = 0
AND lines.order_id > :after AND lines.order_id <= :upto
""",
)


def fill(connection: Connection, schema: str, after: Any, portion: int) -> Any:
    """One portion of orders, those after `after`; answers the last one, None when there are no more."""
    first = UUID(int=0)
    after = after or (first.bytes if connection.dialect.name == "sqlite" else first)
    upto = connection.execute(said(schema, AHEAD), {"after": after, "portion": portion}).scalar()
    if upto is not None:
        for statement in FILLED:
            run(connection, schema, statement, after=after, upto=upto)
    return upto


def upgrade() -> None:
    """Swap the keys; rows that the release before goes on writing are filled by a later migration."""
    run_files(__file__)
