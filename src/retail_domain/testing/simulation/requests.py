"""Requests: sent, perhaps lost, repeated under their key until there is an answer, which fits every earlier one (R15, R17)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from attrs import define

from retail_domain.kernel.errors import Broken, DomainError, Kind, Taken
from retail_domain.kernel.once import Once
from retail_domain.testing.simulation.book import Undertaking
from retail_domain.testing.simulation.mix import between
from retail_domain.testing.simulation.scheduler import Sleep
from retail_domain.testing.simulation.traffic import NOT_STORED, STORED
from retail_domain.testing.simulation.trouble import Fault, Rare
from retail_domain.testing.simulation.world import Shop, World

_TRIES_MAX: Final = 4
_DOUBTS: Final = {STORED: Rare.UNKNOWN_BUT_STORED, NOT_STORED: Rare.UNKNOWN_NOT_STORED}


@define(eq=False, kw_only=True)
class Request:
    """Something one client wants of the shop; `certain` is called once, with the first answer or refusal that is certain."""

    name: str
    send: Callable[[Shop, Once | None], Awaitable[Any]]
    certain: Callable[[Request, Any], None]
    same: Callable[[Any], Any] = lambda answer: answer
    """What of an answer a repetition must tell again."""
    once: Once | None = None
    wish: Any = None
    """The command itself, where a batch takes it instead of `send`."""
    effect: Undertaking
    answer: Any = None
    is_answered: bool = False
    is_settled: bool = False
    in_flight: int = 0
    on_the_way: int = 0
    """Copies of it that will be sent yet."""
    overlaps: bool = False
    """Whether two copies of it were under way at once."""
    doubt: str = ""
    ended: int = 0

    @property
    def begun(self) -> int:
        """When it was first sent."""
        return self.effect.begun


def keyed(world: World, principal: object, operation: str) -> Once:
    """An idempotency key of one's own for this request."""
    key = world.new_key()
    return Once(principal=str(principal), operation=operation, key=key, fingerprint=f"body of {key}")


def new_effect(world: World) -> Undertaking:
    """Something begins now."""
    return Undertaking(begun=world.scheduler.steps)


async def ask(world: World, request: Request) -> Any:
    """Send it until there is a certain answer, or give up and leave it in doubt. Answers what was certain, or None."""
    if world.trouble.strikes(Fault.CLIENT_REPEATS):
        _send_beside(world, request)
    if world.trouble.strikes(Fault.CLIENT_GONE):
        _send_beside(world, request)
        return _leave(world, request)
    for tried in range(_TRIES_MAX):
        outcome = await deliver(world, request)
        if request.is_settled:
            return outcome
        request.on_the_way += 1
        await Sleep(world.dice.random() * world.mix.seconds_a_step * 30 * (tried + 1))
        request.on_the_way -= 1
        if _is_settled(request):  # by a copy, meanwhile
            return request.answer
    return _leave(world, request)


async def ask_until_certain(world: World, request: Request) -> None:
    """What was left in doubt is asked again until it is not."""
    while not request.is_settled:
        await deliver(world, request)
        if not request.is_settled:
            await Sleep(1.0 + world.mix.seconds_a_step * 10)


async def deliver(world: World, request: Request) -> Any:
    """Send it to one of the processes and hear what it says."""
    node = world.some_node()
    task = world.scheduler.current
    assert task is not None
    node.running[task] = lambda: _leave(world, request)
    request.overlaps = request.overlaps or request.in_flight > 0
    request.in_flight += 1
    began = world.scheduler.steps
    world.commands += 1
    world.auditor.tell(task.name, f"asks {node.name} {request.name}")
    try:
        outcome: Any = await request.send(node.shop, request.once)
    except DomainError as refusal:
        outcome = refusal
    finally:
        request.in_flight -= 1
        node.running.pop(task, None)
    judge(world, request, outcome, began)
    return outcome


def judge(world: World, request: Request, outcome: Any, began: int) -> None:
    """Judge what was said to what was sent then."""
    request.ended = world.scheduler.steps
    if isinstance(outcome, DomainError):
        _hear_refusal(world, request, outcome, began)
    else:
        _hear_answer(world, request, outcome)


def _hear_answer(world: World, request: Request, answer: Any) -> None:
    world.auditor.tell("answer", f"{request.name}: {_told(answer)}")
    if request.is_answered:
        if request.overlaps and request.once is not None:
            world.trouble.happened(Rare.SAME_KEY_AT_ONCE)
        told, again = request.same(request.answer), request.same(answer)
        world.auditor.expect(told == again, "R17", f"{request.name} was answered {told}, then {again}")
        return
    request.answer, request.is_answered = answer, True
    if request.is_settled:
        world.auditor.blame("R17", f"{request.name} was refused for certain, then answered {_told(answer)}")
        return
    if request.doubt in _DOUBTS:
        world.trouble.happened(_DOUBTS[request.doubt])
    world.answered += 1
    request.is_settled, request.effect.done = True, world.scheduler.steps
    request.certain(request, answer)


def _hear_refusal(world: World, request: Request, refusal: DomainError, began: int) -> None:
    world.auditor.tell("refusal", f"{request.name}: {refusal.code} {_told(refusal.facts())}")
    if isinstance(refusal, Broken | Taken):
        world.auditor.blame("R31", f"{request.name}: {refusal}")
    nobody_knows = refusal.kind is Kind.UNAVAILABLE or refusal.code.startswith(("store.", "gateway."))
    if nobody_knows or request.in_flight or request.on_the_way:
        request.doubt = getattr(refusal, "reason", "")
        return
    if request.is_settled:
        if request.is_answered and request.once is not None and began > request.effect.done:
            world.auditor.blame("R17", f"{request.name} was answered, then refused with {refusal.code}")
        return
    world.refused += 1
    request.is_settled, request.effect.refused = True, True
    request.certain(request, refusal)


def _is_settled(request: Request) -> bool:
    return request.is_settled


def _leave(world: World, request: Request) -> None:
    if not request.is_settled and request not in world.in_doubt:
        world.in_doubt.append(request)


def _send_beside(world: World, request: Request) -> None:
    request.on_the_way += 1

    async def beside() -> None:
        await Sleep(world.dice.random() * world.mix.seconds_a_step * between(world.dice, 1, 60))
        request.on_the_way -= 1
        await deliver(world, request)

    world.spawn("copy", beside)


def _told(what: object) -> str:
    return str(what)[:300]
