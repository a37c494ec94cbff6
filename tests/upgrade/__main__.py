"""`make upgrade`: an earlier release and today's code on one shop, each a process or more, taking turns on every order (R44).

    python -m tests.upgrade [--orders 60] [--seed 1] [--on sqlite|postgres]

The release's own code makes the schema and sells; the schema is upgraded while it goes on selling; then both sell, each step of
each order by whoever it falls to, with a worker of each; at the end both audit. Prints figures; the exit code says whether
anything was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from attrs import define, field

from tests.support.postgres import fresh_database, running_postgres
from tests.upgrade.deeds import CHAPTERS, DAWN
from tests.upgrade.release import PROJECT, python_of

HERE: Final = Path(__file__).parent
HANDS: Final = 2
"""Processes of each release."""
AGAIN: Final = frozenset({"store.retry", "store.stale", "store.taken", "store.unavailable"})


@define
class Hand:
    """One process of one release."""

    release: str
    process: asyncio.subprocess.Process
    turn: asyncio.Lock = field(factory=asyncio.Lock)

    async def does(self, deed: str, name: str = "", notes: Any = None, at: str = DAWN.isoformat()) -> dict[str, Any]:
        """What came of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        async with self.turn:
            wish = {"deed": deed, "name": name, "notes": notes or {}, "at": at}
            self.process.stdin.write(json.dumps(wish).encode() + b"\n")
            line = await self.process.stdout.readline()
        told: dict[str, Any] = json.loads(line) if line else {"broken": "the process is gone"}
        return told


@define
class Trial:
    """One release and today's code on one database."""

    release: str
    luck: random.Random
    old: list[Hand] = field(factory=list)
    new: list[Hand] = field(factory=list)
    steps: Counter[str] = field(factory=Counter)
    orders: Counter[str] = field(factory=Counter)
    again: int = 0
    wrongs: list[str] = field(factory=list)
    number: int = 0

    async def lives(self, orders: int, hands: list[Hand]) -> None:
        """So many orders, several at a time, each step by one of these."""
        places = asyncio.Semaphore(len(hands) + 2)

        async def one() -> None:
            async with places:
                await self.order(hands)

        await asyncio.gather(*(one() for _ in range(orders)))

    async def order(self, hands: list[Hand]) -> None:
        """One order, from its goods to its end."""
        self.number += 1
        story = self.luck.choice(sorted(CHAPTERS))
        name = f"{story}{self.number}"
        notes: Any = {"skus": {}, "buyers": {}, "quotes": {}, "orders": {}, "payments": {}, "number": self.number}
        at, by = DAWN.isoformat(), set[str]()
        for deed in ("story", *CHAPTERS[story]):
            hand = self.luck.choice(hands)
            told = await self._done(hand, deed, name, notes, at)
            if told is None:
                return
            notes, at = told["notes"], told["at"]
            self.steps[hand.release] += 1
            by |= {hand.release} if deed != "story" else set()
        self.orders["by both" if len(by) > 1 else f"by {by.pop()} alone"] += 1

    async def _done(self, hand: Hand, deed: str, name: str, notes: Any, at: str) -> dict[str, Any] | None:
        for _ in range(5):
            told = await hand.does(deed, name, notes, at)
            if "notes" in told:
                return told
            if told.get("refused") not in AGAIN:
                break
            self.again += 1
        self.wrongs.append(f"{hand.release}: {deed} of {name}: {told}")
        return None

    async def works(self) -> None:
        """Workers of both, in turn, until everything that must follow has followed."""
        at = DAWN + timedelta(minutes=20)
        for _ in range(3):
            for hand in (*self.old, *self.new):
                told = await hand.does("works", at=at.isoformat())
                if "notes" not in told:
                    self.wrongs.append(f"{hand.release}: works: {told}")

    async def audits(self) -> None:
        """Both say what they find."""
        for hand in (self.new[0], self.old[0]):
            told = await hand.does("audit", at=(DAWN + timedelta(minutes=21)).isoformat())
            self.wrongs += [f"the audit of {hand.release}: {one}" for one in told.get("told", [str(told)])]


@contextlib.asynccontextmanager
async def _hands(python: str | Path, release: str, url: str) -> AsyncIterator[list[Hand]]:
    started = [
        await asyncio.create_subprocess_exec(
            python, "-m", "tests.upgrade.hand", url, cwd=PROJECT, limit=1 << 24,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(HANDS)
    ]  # fmt: skip
    try:
        yield [Hand(release, process) for process in started]
    finally:
        for process in started:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()


async def _try(release: str, python: Path, url: str, options: argparse.Namespace) -> Trial:
    trial = Trial(release, random.Random(options.seed))
    async with _hands(python, release, url) as old, _hands(sys.executable, "today", url) as new:
        trial.old, trial.new = old, new
        first = await old[0].does("upgrade")
        await old[0].does("opens")
        await trial.lives(options.orders // 4, old)
        began = time.monotonic()
        told, _ = await asyncio.gather(new[0].does("upgrade"), trial.lives(options.orders // 4, old))
        seconds = time.monotonic() - began
        await trial.lives(options.orders - 2 * (options.orders // 4), [*old, *new])
        await trial.works()
        await trial.audits()
        print(f"    schema {first.get('told')} -> {told.get('told')} while {release} went on selling ({seconds:.1f} s in all)")
        if "told" not in told:
            trial.wrongs.append(f"upgrade: {told}")
    return trial


@contextlib.contextmanager
def _databases(which: str | None) -> Iterator[Iterator[tuple[str, str]]]:
    with contextlib.ExitStack() as stack:

        def each() -> Iterator[tuple[str, str]]:
            if which in (None, "sqlite"):
                yield "sqlite", f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/shop.db"
            if which in (None, "postgres"):
                yield "postgres", stack.enter_context(fresh_database(stack.enter_context(running_postgres())))

        yield each()


def main() -> int:
    """Every release that is kept here, on every database."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=("sqlite", "postgres"))
    options = parser.parse_args()
    wrongs: list[str] = []
    for folder in sorted(HERE.glob("v*/COMMIT")):
        release, commit = folder.parent.name.replace("_", "."), folder.read_text().strip()
        python = python_of(commit)
        with _databases(options.on) as databases:
            for kind, url in databases:
                print(f"{release} ({commit[:12]}) and today's code on {kind}:", flush=True)
                trial = asyncio.run(_try(release, python, url, options))
                for name, number in sorted((trial.orders | trial.steps).items()):
                    print(f"    {number:>5} {'orders ' if name.startswith('by') else 'steps by '}{name}")
                print(f"    {trial.again:>5} steps had to be asked for again")
                print(f"    {len(trial.wrongs):>5} wrongs, both audits included", flush=True)
                wrongs += trial.wrongs
    print("\n".join(wrongs[:20]) or "Each release found what the other left.")
    return bool(wrongs)


if __name__ == "__main__":
    sys.exit(main())
