"""A job, whatever workers and people do to it in whatever order: it is over once, and held by one worker (JOB-R2, JOB-R5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from attrs import evolve
from hypothesis import given, strategies as st

from retail_domain.jobs import (
    LEASE,
    TRIES_MAX,
    WAITS,
    Job,
    JobEnded,
    JobKind,
    JobLost,
    JobNotDue,
    JobNotWaiting,
    JobState,
    TrialNotDone,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import JobId
from retail_domain.testing.goods import NOON

OTHER: Final = JobId(UUID(int=2))
DEEDS: Final = ("take", "tell", "done", "refuse", "put_off", "cancel", "earnest", "let_go")
ENDS: Final = {JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED}
Deed = tuple[str, int, int]
deeds = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, TRIES_MAX + 1), st.integers(0, 700)), max_size=40)


def a_job(is_trial: bool) -> Job:
    return Job(
        id=JobId(UUID(int=1)), kind=JobKind.PRICES, is_trial=is_trial, options={}, size_bytes=1, digest="d", open_under="u",
        needs=(Effect.SELLING_PRICE,), places=(), asked_by=Actor.system("x"), asked_at=NOON, rows_all=9, due_at=NOON,
    )  # fmt: skip


def change_of(job: Job, deed: Deed, passed: timedelta) -> Change[Job] | None:
    what, tries, rows = deed
    at = NOON + passed
    match what:
        case "take":
            return job.taken_up(at=at)
        case "tell":
            return job.went_on(tries, "checking", rows, at=at)
        case "done":
            return job.concluded(tries, is_kept=job.is_trial, at=at)
        case "refuse":
            return job.refused(tries, "wrong", at=at)
        case "put_off":
            return job.put_off(tries, "away", at=at)
        case "cancel":
            return job.cancelled(at=at)
        case "earnest":
            return job.done_in_earnest(OTHER)
        case _:
            return job.let_go(at=at)


@given(is_trial=st.booleans(), deeds=deeds)
def test_a_job_ends_once_and_is_held_by_the_worker_of_its_last_try(is_trial: bool, deeds: list[Deed]) -> None:
    """JOB-R2, JOB-R5, JOB-R6"""
    job, passed, ended = a_job(is_trial), timedelta(0), 0
    for deed in deeds:
        passed += timedelta(seconds=deed[2])
        try:
            change = change_of(job, deed, passed)
        except (JobNotDue, JobLost, JobNotWaiting, TrialNotDone):
            continue
        if change is None:
            continue
        what, tries, _ = deed
        if what in ("tell", "done", "refuse", "put_off"):
            assert (job.state, job.tries) == (JobState.UNDER_WAY, tries), "only whoever has it speaks of it"
        if what == "cancel":
            assert job.state is JobState.WAITING
        if what == "take":
            assert job.due_at is not None and job.due_at <= NOON + passed
        after = change.state
        ended += sum(isinstance(one, JobEnded) for one in change.events)
        assert after.tries - job.tries in (0, 1) and after.tries <= TRIES_MAX
        assert 0 <= after.rows_done <= after.rows_all
        assert (after.ended_at is not None) == (after.state in ENDS) == (after.open_under is None)
        assert after.is_open <= (after.due_at is not None), "what is open is due some time"
        if after.state is JobState.UNDER_WAY:
            assert after.due_at == NOON + passed + LEASE
        job = evolve(after, version=job.version + 1)
    assert ended == (job.state in ENDS) and len(WAITS) == TRIES_MAX - 1
