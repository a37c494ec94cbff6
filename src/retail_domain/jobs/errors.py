"""What jobs refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import JobId


@refusal
class JobNotFound(DomainError):
    """There is no such job."""

    code = "job.not_found"
    kind = Kind.MISSING
    job_id: JobId


@refusal
class JobNotWaiting(DomainError):
    """This job does not wait any more: a worker has taken it up, or it is over."""

    code = "job.not_waiting"
    kind = Kind.CONFLICT
    job_id: JobId


@refusal
class TrialNotDone(DomainError):
    """This trial cannot be done in earnest: it is not through, its file was wrong, or it was done or forgotten already."""

    code = "job.trial_not_done"
    kind = Kind.CONFLICT
    job_id: JobId


@refusal
class JobNotDue(DomainError):
    """Another worker has taken up this job, or it is not its time."""

    code = "job.not_due"
    kind = Kind.CONFLICT
    job_id: JobId


@refusal
class JobLost(DomainError):
    """This worker was too slow: another one has taken up the job, and nothing of this try is stored."""

    code = "job.lost"
    kind = Kind.CONFLICT
    job_id: JobId


@refusal
class JobAskerMayNot(DomainError):
    """Whoever handed in this job may not do it any more."""

    code = "job.asker_may_not"
    kind = Kind.REFUSED
    job_id: JobId


@refusal
class TrialOutdated(DomainError):
    """Since the trial something has changed that this file is about; nothing was stored: try it again, and look."""

    code = "job.trial_outdated"
    kind = Kind.CONFLICT
    job_id: JobId
