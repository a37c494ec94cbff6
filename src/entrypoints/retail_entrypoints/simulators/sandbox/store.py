"""Where the simulated provider keeps its records: a SQLite file, or memory."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from retail_entrypoints.simulators.sandbox.records import Notice, Payment, Refund

_SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (ref TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refunds (ref TEXT PRIMARY KEY, payment_ref TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notices (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, is_owed INTEGER NOT NULL, document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS notices_owed ON notices (number) WHERE is_owed;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, seen_seconds REAL NOT NULL);
"""


class Store:
    """Records by their references; a file survives a restart, `:memory:` does not."""

    def __init__(self, path: str = ":memory:") -> None:
        if not path.startswith(":"):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # money is nobody's business, play money included
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(_SCHEMA)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything written inside is stored, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def payment(self, ref: str) -> Payment | None:
        """The payment under this reference."""
        found = self._db.execute("SELECT document FROM payments WHERE ref = ?", (ref,)).fetchone()
        return Payment(**json.loads(found[0])) if found else None

    def payments(self) -> list[Payment]:
        """All payments, oldest first."""
        return [Payment(**json.loads(row[0])) for row in self._db.execute("SELECT document FROM payments ORDER BY rowid")]

    def keep_payment(self, payment: Payment) -> None:
        """Store a payment as it is now."""
        self._db.execute(
            "INSERT INTO payments VALUES (?, ?) ON CONFLICT (ref) DO UPDATE SET document = excluded.document",
            (payment.ref, _written(payment)),
        )

    def refund(self, ref: str) -> Refund | None:
        """The refund under this reference."""
        found = self._db.execute("SELECT document FROM refunds WHERE ref = ?", (ref,)).fetchone()
        return Refund(**json.loads(found[0])) if found else None

    def refunds_of(self, payment_ref: str) -> list[Refund]:
        """All refunds of a payment, oldest first."""
        rows = self._db.execute("SELECT document FROM refunds WHERE payment_ref = ? ORDER BY rowid", (payment_ref,))
        return [Refund(**json.loads(row[0])) for row in rows]

    def keep_refund(self, refund: Refund) -> None:
        """Store a refund as it is now."""
        self._db.execute(
            "INSERT INTO refunds VALUES (?, ?, ?) ON CONFLICT (ref) DO UPDATE SET document = excluded.document",
            (refund.ref, refund.payment_ref, _written(refund)),
        )

    def notice(self, event_id: str) -> Notice | None:
        """The notice with this id."""
        found = self._db.execute("SELECT document FROM notices WHERE event_id = ?", (event_id,)).fetchone()
        return Notice(**json.loads(found[0])) if found else None

    def notices(self) -> list[Notice]:
        """All notices, oldest first."""
        return [Notice(**json.loads(row[0])) for row in self._db.execute("SELECT document FROM notices ORDER BY number")]

    def owed_notices(self) -> list[Notice]:
        """The notices that were not acknowledged, oldest first."""
        rows = self._db.execute("SELECT document FROM notices WHERE is_owed ORDER BY number")
        return [Notice(**json.loads(row[0])) for row in rows]

    def keep_notice(self, notice: Notice) -> None:
        """Store a notice as it is now."""
        self._db.execute(
            "INSERT INTO notices (event_id, is_owed, document) VALUES (?, ?, ?) "
            "ON CONFLICT (event_id) DO UPDATE SET is_owed = excluded.is_owed, document = excluded.document",
            (notice.event_id, not notice.acknowledged, _written(notice)),
        )

    def use_nonce(self, nonce: str, *, now_seconds: float, keep_seconds: float) -> bool:
        """Whether this nonce was not used before; forgets those too old to pass the clock check."""
        self._db.execute("DELETE FROM nonces WHERE abs(seen_seconds - ?) > ?", (now_seconds, keep_seconds))
        return self._db.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?)", (nonce, now_seconds)).rowcount == 1

    def clear(self) -> None:
        """Forget everything."""
        with self.together():
            for table in ("payments", "refunds", "notices", "nonces"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _written(record: Payment | Refund | Notice) -> str:
    return json.dumps(attrs.asdict(record), ensure_ascii=False, separators=(",", ":"))
