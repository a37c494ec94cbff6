"""Beasts in the background: a file that is done twice, for somebody else, or by halves."""

from __future__ import annotations

from zoo.beast import DOMAIN, Beast, Patch

_JOBS = "tests/contract/test_jobs.py"
_MODEL = f"{DOMAIN}/jobs/model.py"
_ASKING = f"{DOMAIN}/processes/staff/jobs.py"
_DOING = f"{DOMAIN}/processes/worker/jobs.py"

BEASTS = (
    Beast(
        name="slow-worker-stores-all-the-same",
        says="a worker whose job another one has by now is not asked whether it still has it",
        origin="JOB-R2",
        patches=(
            Patch(
                _MODEL, "if self.state is not JobState.UNDER_WAY or self.tries != tries:", "if not self.is_open and tries < 0:"
            ),
        ),
        catchers=(
            f"{_JOBS}::test_a_worker_that_is_dead_is_followed_by_another_and_one_that_was_only_slow_stores_nothing[memory]",
        ),
    ),
    Beast(
        name="lease-is-never-over",
        says="a job whose worker is dead is taken up by nobody",
        origin="JOB-R2",
        patches=(
            Patch(
                _MODEL,
                "self, state=JobState.UNDER_WAY, tries=self.tries + 1, due_at=at + LEASE,",
                "self, state=JobState.UNDER_WAY, tries=self.tries + 1, due_at=None,",
            ),
        ),
        catchers=(
            f"{_JOBS}::test_a_worker_that_is_dead_is_followed_by_another_and_one_that_was_only_slow_stores_nothing[memory]",
        ),
    ),
    Beast(
        name="job-is-done-apart-from-what-it-does",
        says="prices are stored in a unit that does not say that the job is done, so it is done again and again",
        origin="JOB-R2",
        patches=(
            Patch(
                _DOING,
                "    report = await edit_prices(work, run.wish, means, currency)\n"
                "    _require_as_tried(run.taken.job, report)\n"
                "    await end_job(work, EndJob(taken=run.taken, report=of_edits(report)), means)\n",
                "    report = await edit_prices(work, run.wish, means, currency)\n",
            ),
        ),
        catchers=(f"{_JOBS}::test_a_file_is_tried_and_then_done_with_the_same_file[memory]",),
    ),
    Beast(
        name="a-trial-changes-prices",
        says="a trial of a file of prices is done like any other job",
        origin="JOB-R1",
        patches=(
            Patch(
                _DOING,
                "            rows=rows, dry_run=taken.job.is_trial, reason=",
                "            rows=rows, dry_run=False, reason=",
            ),
        ),
        catchers=(f"{_JOBS}::test_a_file_is_tried_and_then_done_with_the_same_file[memory]",),
    ),
    Beast(
        name="rights-are-asked-only-when-it-is-handed-in",
        says="whoever has lost a right since they handed in a file has it done all the same",
        origin="JOB-R3, R35",
        patches=(
            Patch(_DOING, "    may = may_have(job, rights)\n", "    may = rights is not None\n"),
            Patch(_DOING, "            if not taken.granted:\n", "            if taken.granted is None:\n"),
        ),
        catchers=(f"{_JOBS}::test_places_and_rights_are_asked_when_it_is_handed_in_and_when_it_is_done[memory]",),
    ),
    Beast(
        name="jobs-are-seen-by-all-of-staff",
        says="whoever works here sees the jobs of everybody, wherever they act",
        origin="JOB-R3, R35",
        patches=(
            Patch(
                _ASKING,
                "    return rights.within([NEEDS[effect] for effect in job.needs]).covers(there)\n",
                "    return there is not None\n",
            ),
        ),
        catchers=(
            "tests/e2e/test_bound_to_places.py::"
            "test_a_job_at_another_place_is_neither_listed_nor_shown_nor_cancelled_nor_done[memory]",
        ),
    ),
    Beast(
        name="what-is-begun-is-cancelled",
        says="a job is cancelled while a worker does it",
        origin="JOB-R5",
        patches=(Patch(_MODEL, "        if self.state is not JobState.WAITING:\n", "        if not self.is_open:\n"),),
        catchers=("tests/property/test_job_machine.py",),
    ),
    Beast(
        name="the-same-file-is-two-jobs",
        says="a file that is handed in twice waits twice",
        origin="JOB-R1",
        patches=(
            Patch(
                _ASKING,
                "    if known is not None:\n        return JobOutcome(job_id=known.id, state=known.state)\n    at =",
                '    under = f"{under}{means.ids.new()}"\n    at =',
            ),
        ),
        catchers=(f"{_JOBS}::test_the_same_file_given_again_while_it_is_open_is_the_same_job[memory]",),
    ),
    Beast(
        name="files-stay-when-jobs-are-over",
        says="what a file says of members lies in the database for months",
        origin="JOB-R5, R40",
        patches=(
            Patch(
                _MODEL,
                "report=report or self.report, file=self.file if keeps_file else None))",
                "report=report or self.report, file=self.file))",
            ),
        ),
        catchers=(f"{_JOBS}::test_a_file_that_is_wrong_is_refused_with_its_rows_and_nothing_is_done[memory]",),
    ),
    Beast(
        name="tried-again-for-ever",
        says="a job that can never be done is tried again and again",
        origin="JOB-R6",
        patches=(
            Patch(
                _MODEL,
                "        if tries >= TRIES_MAX:\n            return self._ended_as(JobState.FAILED, at, reason)\n"
                "        due = at + timedelta(seconds=WAITS[tries - 1])\n",
                "        due = at + timedelta(seconds=WAITS[min(tries, len(WAITS)) - 1])\n",
            ),
        ),
        catchers=(f"{_JOBS}::test_what_passes_is_tried_again_and_given_up_after_some_tries[memory]",),
    ),
)
