"""Jobs (后台任务): long work that staff hand in as a file and a worker does, with its progress."""

from typing import Final

from retail_domain.jobs.commands import (
    CancelJob as CancelJob,
    CountStockJob as CountStockJob,
    EditPricesJob as EditPricesJob,
    FileJob as FileJob,
    ImportGoodsJob as ImportGoodsJob,
    JobOutcome as JobOutcome,
    MoveMembersJob as MoveMembersJob,
)
from retail_domain.jobs.errors import (
    JobAskerMayNot as JobAskerMayNot,
    JobLost as JobLost,
    JobNotDue as JobNotDue,
    JobNotFound as JobNotFound,
    JobNotWaiting as JobNotWaiting,
    TrialNotDone as TrialNotDone,
    TrialOutdated as TrialOutdated,
)
from retail_domain.jobs.events import EVENTS as EVENTS, JobEnded as JobEnded, JobWentOn as JobWentOn
from retail_domain.jobs.facade import JobDesk as JobDesk
from retail_domain.jobs.model import (
    FILE_BYTES_MAX as FILE_BYTES_MAX,
    LEASE as LEASE,
    TRIAL_KEPT as TRIAL_KEPT,
    TRIES_MAX as TRIES_MAX,
    WAITS as WAITS,
    Job as Job,
    JobChange as JobChange,
    JobKind as JobKind,
    JobPaper as JobPaper,
    JobReport as JobReport,
    JobState as JobState,
)
from retail_domain.jobs.ports import (
    JobPapers as JobPapers,
    Jobs as Jobs,
    JobsWork as JobsWork,
    RuledJobsWork as RuledJobsWork,
)
from retail_domain.jobs.queries import JobQueries as JobQueries
from retail_domain.jobs.settings import KEPT_DAYS, KEPT_DAYS_USUAL as KEPT_DAYS_USUAL

SETTINGS: Final = (KEPT_DAYS,)
