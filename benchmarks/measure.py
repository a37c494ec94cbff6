"""`make bench`: replay an order history on SQLite and on a PostgreSQL of our own, and print what each took.

    python -m benchmarks.measure [FILE.csv.gz] [--first INVOICES]

Without a file, a made-up history of 400 invoices. PostgreSQL runs as in the tests, without fsync: compare runs on one machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.made_up_history import write_history
from tests.support.postgres import fresh_database, running_postgres

REPLAY: Final = Path(__file__).with_name("replay.py")


def main() -> int:
    """Replay on both databases; the exit code tells whether both reconciled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--first", type=int, default=None, help="only this many invoices")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server, fresh_database(server) as postgres:
        file = options.file or _made_up(Path(folder))
        return max([_replay(file, f"sqlite:///{folder}/replay.db", options.first), _replay(file, postgres, options.first)])


def _made_up(folder: Path) -> Path:
    file = folder / "made-up.csv.gz"
    write_history(file, invoices=400)
    return file


def _replay(file: Path, database: str, first: int | None) -> int:
    print(f"\n== {database.partition(':')[0]} ==", flush=True)
    few = [] if first is None else ["--first", str(first)]
    return subprocess.run([sys.executable, REPLAY, file, "--database", database, *few], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
