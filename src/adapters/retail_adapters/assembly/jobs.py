"""Jobs, wired."""

from __future__ import annotations

from typing import Final

from retail_adapters.assembly.parts import Parts
from retail_adapters.files.job_files import CsvJobFiles
from retail_domain.jobs import JobDesk, JobLost, JobNotDue
from retail_domain.kernel.frames import bound, deciding
from retail_domain.kernel.ids import JobId
from retail_domain.processes.delivery.catalogue_import import store_judged
from retail_domain.processes.delivery.edits_by_file import count_stock, edit_prices
from retail_domain.processes.staff.jobs import (
    cancel_job,
    count_stock_job,
    edit_prices_job,
    import_goods_job,
    move_members_job,
    store_job,
)
from retail_domain.processes.staff.moving_in import rehearse_moving
from retail_domain.processes.worker.due import Due
from retail_domain.processes.worker.jobs import (
    DoJob,
    JobSteps,
    count_stock_of_job,
    due_jobs,
    edit_prices_of_job,
    end_job,
    note_progress,
    store_goods_of_job,
    store_members_of_job,
    take_up_job,
)

A_ROUND: Final = 2
"""So many jobs a round does: each may take long."""
_FILES: Final = CsvJobFiles()


def jobs(parts: Parts) -> JobDesk:
    """What staff hand in to a shop made of these parts."""
    store = parts.deciding(store_job)
    return JobDesk(
        import_goods=bound(import_goods_job, store, _FILES),
        edit_prices=bound(edit_prices_job, store, _FILES),
        count_stock=bound(count_stock_job, store, _FILES),
        move_members_in=bound(move_members_job, store, _FILES),
        cancel=parts.deciding(cancel_job),
        show=parts.reads.jobs,
    )


def doing_jobs(parts: Parts) -> Due[JobId]:
    """The timer that does them."""
    currency, second = parts.policies.currency, parts.policies.second_person
    steps = JobSteps(
        take_up=parts.deciding(take_up_job),
        note=parts.deciding(note_progress),
        end=parts.deciding(end_job),
        store_goods=deciding(parts.begin, store_goods_of_job, parts.means),  # long, so it is not repeated by itself
        try_goods=deciding(parts.begin, store_judged, parts.means),
        edit_prices=parts.deciding(edit_prices_of_job, currency),
        try_prices=parts.deciding(edit_prices, currency),
        count_stock=parts.deciding(count_stock_of_job, second),
        try_counts=parts.deciding(count_stock, second),
        store_members=parts.deciding(store_members_of_job, second),
        try_members=parts.answering(rehearse_moving, second),
    )
    do = DoJob(
        steps=steps, files=_FILES, spell=parts.spell_phone, currency=currency,
        tells_while_storing=not parts.has_one_writer,
    )  # fmt: skip
    return Due(clock=parts.clock, find=parts.reading(due_jobs), deal_with=do, lost_to=(JobNotDue, JobLost), most=A_ROUND)
