"""Makes calls in processes that are killed at a chosen point: each time a fresh fork of one that has loaded all code."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.statement import Statement, postgres_flavour, sqlite_flavour
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.system.retry import retrying
from retail_adapters.system.sealed_answers import SealedAnswers
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import deciding_batch
from retail_domain.processes.purchase.checkout import CheckoutRules, Placed, place_orders
from retail_domain.processes.takings import our_takings
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.testing.points import Points
from tests.support.crash.seam import NumberedShop
from tests.support.objects import every_object
from tests.support.shop import Call, Opened, Told, Where, made, opened_shop

ANSWERED: Final = "answered"
"""The last point of every call: its answer has left the process."""


@frozen
class Death:
    """How a process ended: the points it had passed, and the answer it gave before, if it gave one."""

    points: tuple[str, ...]
    answer: Any = None

    @property
    def point(self) -> str:
        """Where it was killed."""
        return self.points[-1]

    @property
    def has_answered(self) -> bool:
        """Whether it was killed only after it had answered: there was nothing left to interrupt."""
        return self.point == ANSWERED


class Executioner:
    """Kills with signal 9, at the point it is told."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_fork_on_request, args=(theirs,), daemon=False)
        self._process.start()

    async def kill_at(self, where: Where, call: Call, point: int) -> Death:
        """Make the call in a process that is killed at that point, or when it has answered."""
        return await asyncio.to_thread(self._kill_at, where, call, point)

    def _kill_at(self, where: Where, call: Call, point: int) -> Death:
        self._line.send((where, call, point))
        if not self._line.poll(60):
            raise AssertionError("the doomed process does not end")
        status, told = self._line.recv()
        assert status == -signal.SIGKILL, f"the doomed process was not killed, it ended by itself: {status}"
        death: Death = pickle.loads(told)
        return death

    def dismiss(self) -> None:
        """No more."""
        self._line.send(None)
        self._process.join(10)


@contextlib.contextmanager
def an_executioner() -> Iterator[Executioner]:
    """An executioner until the end of the block."""
    executioner = Executioner()
    try:
        yield executioner
    finally:
        executioner.dismiss()


def _fork_on_request(line: Any) -> None:
    _compile_everything()
    while (work := line.recv()) is not None:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            _die_trying(theirs, *work)
        os.close(theirs)
        with open(ours, "rb") as told:
            words = told.read()
        line.send((os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words))


def _compile_everything() -> None:
    """Every statement is compiled before the first fork, or each child would do so again."""
    for thing in every_object():
        if isinstance(thing, Statement):
            for flavour in (sqlite_flavour(), postgres_flavour()):
                with contextlib.suppress(Exception):  # some are for one of the two only
                    thing.compiled(flavour)


def _die_trying(line: int, where: Where, call: Call, point: int) -> None:
    try:
        asyncio.run(_killed_at(line, where, call, point))
    except BaseException:
        traceback.print_exc()
    os._exit(1)


async def _killed_at(line: int, where: Where, call: Call, point: int) -> None:
    points = Points(point)
    points.fatal = lambda _: _die(line, points)
    async with opened_shop(where, NumberedShop(points)) as opened:
        try:
            answer = await called(opened, NumberedShop(points), call)
        except DomainError as refused:
            answer = Told(refused.code)
        points.passed.append(ANSWERED)
        _die(line, points, answer)


def _die(line: int, points: Points, answer: Any = None) -> None:
    os.write(line, pickle.dumps(Death(tuple(points.passed), answer)))
    os.kill(os.getpid(), signal.SIGKILL)


async def called(opened: Opened, around: Any, call: Call) -> Any:
    """Make a call of this shop; "batch" places several orders in one transaction (GEN-R19)."""
    if call[0] != "batch":
        return await made(opened.retail, call)
    outside = opened.outside
    tools = SqlTools(outside.clock, outside.ids, EventCodec(EVERY_EVENT), reactions_to, SealedAnswers(outside.secret))
    begin = SqlStore(around.database(opened.database), tools).begin
    takings = our_takings(*outside.takings)
    batch = deciding_batch(begin, place_orders, Placed, outside.means, CheckoutRules(), takings)
    return await retrying(batch)(call[1])
