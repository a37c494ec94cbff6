"""A fuzzing campaign: the API tried from its own description, as every role, in every phase (R34, R37)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from zlib import crc32

import schemathesis
from attrs import asdict, define, field, frozen
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, StopReason, events, from_schema
from schemathesis.python import asgi

from retail_domain.accounts.model.staff import MAY, Role
from tests.fuzz.fuzzed_shop import FINDINGS, ROLES, FuzzedShop

PHASES: Final = ("coverage", "fuzzing", "stateful")
PATIENCE_SECONDS: Final = 30
"""An answer that takes longer is a violation; a bound, not a target."""

COVERAGE_CASES: Final = 17_400
"""So many cases the description alone gives for all roles; a campaign of less than three times as many takes them in parts."""
PARTS_MAX: Final = 8
_ROUTES_OF_ALL_ROLES: Final = 250

_CHECKS: Final = {
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},  # 503 needs a Retry-After: looked at below
    "positive_data_acceptance": {"enabled": False},  # a rule of the shop may refuse what its shape allows
    "ignored_auth": {"enabled": False},  # the matrix of routes and callers does this, and knows cart tokens
    "object_level_authorization": {"enabled": False},  # so it does this
    "unsupported_method": {"enabled": False},  # the whole-shop tests do this
    "allow_header_conformance": {"enabled": False},
}
_OF_ROLE: Final[Mapping[str, frozenset[str]]] = {
    "anonymous": frozenset({"public"}),
    "guest": frozenset({"public", "guest_or_member"}),
    "member": frozenset({"public", "guest_or_member", "member", "logged_in"}),
}
_EVERYBODY: Final = frozenset({"public", "logged_in", "staff"})
_STAFF: Final = {role.value: frozenset(each.value for each in MAY[role]) for role in Role}


@frozen
class Violation:
    """A case that must not be: enough of it to send it again."""

    role: str
    phase: str
    operation: str
    check: str
    message: str
    method: str = ""
    url: str = ""
    body: str = ""
    status: int = 0

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@define
class Figures:
    """What a campaign did and found."""

    cases: dict[str, int] = field(factory=dict)
    statuses: dict[str, int] = field(factory=dict)
    violations: list[Violation] = field(factory=list)
    slowest_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def total(self) -> int:
        """All cases."""
        return sum(self.cases.values())

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"total": self.total}


@frozen(kw_only=True)
class Task:
    """One role in one phase: how many examples for each operation, how many cases at most, and which part of the routes."""

    role: str
    phase: str
    examples: int
    cases_max: int = 10**9
    every_route: bool = False
    part: int = 0
    parts: int = 1

    def takes(self, label: str, permission: str) -> bool:
        """Whether a route belongs to it: one part of those that the role may call, or of all."""
        is_in_part = crc32(label.encode()) % self.parts == self.part % self.parts
        return is_in_part and (self.every_route or may_call(self.role, permission))


@define
class Campaign:
    """Cases sent to one shop, and what came of them."""

    app: FuzzedShop
    seed: int
    figures: Figures = field(factory=Figures)

    def carry_out(self, tasks: Sequence[Task]) -> Figures:
        """Every task in turn."""
        started = time.monotonic()
        for task in tasks:
            self._carry_out(task)
        self.figures.seconds = round(self.figures.seconds + time.monotonic() - started, 1)
        return self.figures

    def afterwards(self) -> list[Violation]:
        """R37, R43: the shop still answers, and its books are right."""
        with asgi.get_client(self.app) as client:
            health = client.get(f"http://{asgi.HOST}/health/ready").status_code
            found = client.get(f"http://{asgi.HOST}{FINDINGS}").json()
        unwell = [] if health == 200 else [f"health: {health}"]
        return [Violation("", "afterwards", "", "afterwards", words) for words in (*unwell, *found)]

    def _carry_out(self, task: Task) -> None:
        schema = schemathesis.openapi.from_asgi("/schema/openapi.json", self.app, config=self._config(task))
        taken = schema.include(lambda context: task.takes(context.operation.label, _permission_of(context.operation)))
        left = task.cases_max
        stream = from_schema(taken).execute()
        for event in stream:
            if isinstance(event, events.ScenarioFinished):
                left -= self._count(task, event.recorder)
            elif _is_trouble(event):
                self.figures.violations.append(Violation(task.role, task.phase, "", "engine", _words_of(event)))
            if left <= 0:
                stream.stop()

    def _config(self, task: Task) -> SchemathesisConfig:
        return SchemathesisConfig.from_dict(
            {
                "seed": self.seed,
                "headers": {} if task.role == "anonymous" else {"Authorization": f"Bearer {task.role}"},
                "phases": {phase: {"enabled": phase == task.phase} for phase in ("examples", *PHASES)},
                "generation": {"max-examples": task.examples, "database": "none"},
                "request-timeout": PATIENCE_SECONDS,
                "continue-on-failure": True,
                "checks": _CHECKS,
                "cache": {"enabled": False},  # it would remember earlier runs, in a folder of the tree
            }
        )

    def _count(self, task: Task, recorder: Any) -> int:
        answers = {id: each.response for id, each in recorder.interactions.items() if each.response is not None}
        cases = Counter(self.figures.cases) + Counter({f"{task.role} {task.phase}": len(recorder.interactions)})
        self.figures.cases = dict(cases)
        self.figures.statuses = dict(
            Counter(self.figures.statuses) + Counter(str(answer.status_code) for answer in answers.values())
        )
        slowest = max((answer.elapsed for answer in answers.values()), default=0.0)
        self.figures.slowest_seconds = max(self.figures.slowest_seconds, round(slowest, 2))
        self.figures.violations += _violations(task, recorder)
        return len(recorder.interactions)


def the_long_form(cases: int, turn: int) -> list[Task]:
    """About so many cases: a third of them in each phase; turns after the first take other routes and other dice.

    What is denied anyway is tried once, by who has no name; the matrix of routes and callers looks at the others.
    """
    share = max(cases // 3 // len(ROLES), 1)
    parts = min(max(COVERAGE_CASES * 3 // max(cases, 1), 1), PARTS_MAX)
    examples = max(cases // 3 // _ROUTES_OF_ALL_ROLES, 1)
    slice_of: Mapping[str, Any] = {"phase": "coverage", "examples": 1, "part": turn, "parts": parts, "cases_max": 3 * share}
    fuzzing = [Task(role=role, phase="fuzzing", examples=examples) for role in ROLES]
    coverage = [Task(role=role, every_route=role == "anonymous", **slice_of) for role in ROLES]
    stateful = [Task(role=role, phase="stateful", examples=share, cases_max=share) for role in ROLES]
    return [*fuzzing, *(coverage if turn < parts else ()), *stateful]


def the_short_form(cases: int) -> list[Task]:
    """About so many cases: every role tries each route it may call once, and each takes a share of the other phases."""
    share = max(cases // 10 // len(ROLES), 1)
    fuzzing = [Task(role=role, phase="fuzzing", examples=1, cases_max=cases // 4) for role in ROLES]
    coverage = [Task(role=role, phase="coverage", examples=1, cases_max=share) for role in ROLES]
    stateful = [Task(role=role, phase="stateful", examples=max(share // 6, 1), cases_max=share) for role in ROLES]
    return [*fuzzing, *coverage, *stateful]


def may_call(role: str, permission: str) -> bool:
    """Whether a role gets past the door of a route: where there is something to find."""
    if role in _OF_ROLE:
        return permission in _OF_ROLE[role]
    return permission not in ("member", "guest_or_member") and (permission in _EVERYBODY or permission in _STAFF[role])


def _permission_of(operation: Any) -> str:
    permission: str = operation.definition.raw["x-permission"]
    return permission


def _violations(task: Task, recorder: Any) -> Iterator[Violation]:
    for id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                yield _violation(task, recorder, id, check.name, failure.message or failure.title)
    for id, each in recorder.interactions.items():
        if each.response is None:
            yield _violation(task, recorder, id, "no answer", f"nothing within {PATIENCE_SECONDS} s, or a crash")
        elif each.response.status_code == 503 and "retry-after" not in each.response.headers:
            yield _violation(task, recorder, id, "retry_after", "503 without Retry-After")


def _violation(task: Task, recorder: Any, id: str, check: str, message: str) -> Violation:
    sent = recorder.interactions.get(id)
    request, answer = (sent.request, sent.response) if sent else (None, None)
    return Violation(
        task.role, task.phase, recorder.label, check, message[:300],
        request.method if request else "", request.uri if request else "",
        (request.body or b"")[:2_000].decode("utf-8", "backslashreplace") if request else "",
        answer.status_code if answer else 0,
    )  # fmt: skip


def _is_trouble(event: Any) -> bool:
    """Whether the fuzzer itself broke, or gave up: a phase that ends early in silence would look like a clean one."""
    has_given_up = isinstance(event, events.EngineFinished) and event.stop_reason is StopReason.SERVER_UNAVAILABLE
    broke = isinstance(event, events.PhaseFinished) and event.status is Status.ERROR
    return has_given_up or broke or isinstance(event, events.NonFatalError | events.FatalError)


def _words_of(event: Any) -> str:
    told = getattr(event, "info", None) or getattr(event, "exception", None) or event
    return f"{getattr(event, 'label', '')} {told}"[:300]
