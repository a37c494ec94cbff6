"""Jobs in a whole shop, on every store: a file is done once, by whichever worker, wholly or not at all (JOB-R1 to JOB-R6)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.accounts import AddStaff, ChangeRoles, Role, StaffForbidden
from retail_domain.catalog import RepriceSku
from retail_domain.inventory import LocationNotFound, ReceiveStock
from retail_domain.jobs import (
    FILE_BYTES_MAX,
    LEASE,
    TRIAL_KEPT,
    TRIES_MAX,
    WAITS,
    CancelJob,
    CountStockJob,
    EditPricesJob,
    ImportGoodsJob,
    Job,
    JobNotFound,
    JobNotWaiting,
    JobState,
    MoveMembersJob,
    TrialNotDone,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import EVERYTHING, Effect
from retail_domain.kernel.errors import InvalidInput, Unavailable
from retail_domain.kernel.ids import JobId, StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.worker import jobs as doing
from retail_domain.settings import ChangeSettings
from tests.support.market import CLERK, Market, open_market
from tests.support.stores import STORES, Place, place_of

GOODS: Final = "code,title,price,stock\nCAKE,Cake,12.50,10\nPIE,Pie,3,5\n"
PRICES: Final = "sku,price\nTEA,9.00\nCUP,30\n"
MEMBERS: Final = "phone,name\n13800138001,Li Lei\n13800138002,Han Meimei\n"


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[Market]:
    """A shop with two kinds of goods."""
    async with open_market(place) as market:
        for code, minor in (("TEA", 1_000), ("CUP", 3_000)):
            await market.goods(code, minor)
        yield market


async def somebody(shop: Market, login: str = "lili", *roles: Role) -> Actor:
    wish = AddStaff(login=login, password="correct horse", name=login, roles=roles or (Role.ADMIN,), actor=CLERK)
    return Actor.staff((await shop.retail.accounts.add_staff(wish)).staff_id)


async def worked(shop: Market) -> Any:
    """A round of a worker."""
    return await shop.retail.background.timers["do_jobs"]()


async def seen(shop: Market, id: JobId) -> Job:
    found = await shop.retail.jobs.show.show(id)
    assert found is not None
    return found


async def price_of(shop: Market, code: str) -> int:
    sku_id = await shop.retail.catalog.show.sku_coded(code)
    assert sku_id is not None
    minor = (await shop.retail.catalog.show.sku_sheet(sku_id)).price_minor
    assert minor is not None
    return minor


async def trail_of(shop: Market) -> list[tuple[str, str, str]]:
    """Who did what with which job, the earliest first."""
    page = await shop.retail.accounts.show.trail(PageRequest(100))
    lines = [(one.actor_ref, one.action, one.object.split(" ")[0]) for one in page.items if one.action.startswith("job.")]
    return lines[::-1]


async def test_a_file_is_tried_and_then_done_with_the_same_file(shop: Market) -> None:
    """JOB-R1, JOB-R2: the trial changes nothing and keeps its file until it is done in earnest; the trail names who asked."""
    lili = await somebody(shop)
    trial = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, dry_run=True, reason="season", actor=lili))
    assert trial.state is JobState.WAITING and (await seen(shop, trial.job_id)).rows_all == 2
    with pytest.raises(TrialNotDone):
        await shop.retail.jobs.edit_prices(EditPricesJob(trial_id=trial.job_id, actor=lili))
    await worked(shop)
    told = await shop.retail.jobs.show.report(trial.job_id)
    assert told is not None and [(one.code, one.before, one.after) for one in told.changes] == [("TEA", 1_000, 900)]
    assert (await price_of(shop, "TEA"), told.can_be_done) == (1_000, True)

    wish = EditPricesJob(trial_id=trial.job_id, actor=lili)
    done = await shop.retail.jobs.edit_prices(wish)
    assert await shop.retail.jobs.edit_prices(wish) == done, "done in earnest once"
    await worked(shop)
    job = await seen(shop, done.job_id)
    assert (job.state, job.rows_done, job.rows_all, job.is_trial) == (JobState.DONE, 2, 2, False)
    assert await price_of(shop, "TEA") == 900
    assert (await seen(shop, trial.job_id)).done_by == job.id
    assert (await shop.retail.jobs.edit_prices(wish)).state is JobState.DONE
    assert await trail_of(shop) == [
        (lili.ref, action, str(id)) for id in (trial.job_id, done.job_id) for action in ("job.ask", "job.done")
    ]


async def test_what_happened_since_the_trial_is_not_written_over(shop: Market) -> None:
    """JOB-R2: neither what was sold, nor a price of somebody else; nothing of the file is stored, and it is tried anew."""
    lili = await somebody(shop)
    retail, counts = shop.retail, "sku,stock\nTEA,100\nCUP,7\n"
    wish = CountStockJob(file=counts, location="main", reason="counted", dry_run=True, actor=lili)
    asked = EditPricesJob(file=PRICES, dry_run=True, actor=lili)
    trials = [await retail.jobs.count_stock(wish), await retail.jobs.edit_prices(asked)]
    await worked(shop)
    tea = await shop.retail.catalog.show.sku_coded("TEA")
    assert tea is not None
    await retail.inventory.receive(ReceiveStock(sku_id=tea, location="main", quantity=3, reference="more", actor=CLERK))
    await retail.catalog.reprice(RepriceSku(sku_id=tea, price_minor=777, actor=CLERK))
    done = [
        await retail.jobs.count_stock(CountStockJob(trial_id=trials[0].job_id, actor=lili)),
        await retail.jobs.edit_prices(EditPricesJob(trial_id=trials[1].job_id, actor=lili)),
    ]
    await worked(shop)
    for one in done:
        job = await seen(shop, one.job_id)
        assert (job.state, job.reason) == (JobState.REFUSED, "job.trial_outdated")
    assert (await price_of(shop, "TEA"), await price_of(shop, "CUP")) == (777, 3_000)


async def test_who_may_not_do_it_spends_no_trial_of_others(shop: Market) -> None:
    """JOB-R3: handing it in looks at rights before the trial is used up."""
    lili, ben = await somebody(shop), await somebody(shop, "ben", Role.CLERK)
    trial = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, dry_run=True, actor=lili))
    await worked(shop)
    with pytest.raises(JobNotFound):
        await shop.retail.jobs.edit_prices(EditPricesJob(trial_id=trial.job_id, actor=ben))
    done = await shop.retail.jobs.edit_prices(EditPricesJob(trial_id=trial.job_id, actor=lili))
    await worked(shop)
    assert (await seen(shop, done.job_id)).state is JobState.DONE


async def test_goods_counts_and_members_are_done_the_same_way(shop: Market) -> None:
    """JOB-R2, CAT-R2, CAT-R12, ACC-R18"""
    lili = await somebody(shop)
    asked = [
        await shop.retail.jobs.import_goods(ImportGoodsJob(file=GOODS, location="main", actor=lili)),
        await shop.retail.jobs.count_stock(
            CountStockJob(file="sku,stock\nTEA,7\n", location="main", reason="counted", actor=lili)
        ),
        await shop.retail.jobs.move_members_in(MoveMembersJob(file=MEMBERS, actor=lili)),
    ]
    for _ in asked:
        await worked(shop)
    jobs = [await seen(shop, one.job_id) for one in asked]
    assert [(one.state, one.reason) for one in jobs] == [(JobState.DONE, "")] * 3
    reports = [await shop.retail.jobs.show.report(one.id) for one in jobs]
    names = ("products_created", "changed", "created")
    assert [one and one.counts.get(name) for one, name in zip(reports, names, strict=True)] == [2, 1, 2]
    assert reports[0] is not None and reports[0].counts["units_received"] == 15
    assert [len(one.places) for one in jobs] == [0, 1, 0]


async def test_the_same_file_given_again_while_it_is_open_is_the_same_job(shop: Market) -> None:
    """JOB-R1: also by two at the very same time; another wish, another person or a job that is over is another."""
    lili, lei = await somebody(shop), await somebody(shop, "lei")
    wish = EditPricesJob(file=PRICES, actor=lili)
    first, second, third = await asyncio.gather(*map(shop.retail.jobs.edit_prices, [wish] * 3))
    assert first == second == third
    others = [
        EditPricesJob(file=PRICES, actor=lei), EditPricesJob(file=PRICES, dry_run=True, actor=lili),
        EditPricesJob(file=PRICES, reason="why", actor=lili), EditPricesJob(file=PRICES + ",\n", actor=lili),
    ]  # fmt: skip
    ids = {first.job_id, *[(await shop.retail.jobs.edit_prices(one)).job_id for one in others]}
    assert len(ids) == 5
    for _ in range(3):
        await worked(shop)
    assert (await shop.retail.jobs.edit_prices(wish)).job_id not in ids


async def test_a_file_that_is_wrong_is_refused_with_its_rows_and_nothing_is_done(shop: Market) -> None:
    """JOB-R4: problems are kept, the first in full and all counted; the file is gone."""
    wrong = "sku,price\nTEA,9.00\nNOBODY,1\nCUP,x\n"
    asked = await shop.retail.jobs.edit_prices(EditPricesJob(file=wrong, actor=CLERK))
    await worked(shop)
    job, told = await seen(shop, asked.job_id), await shop.retail.jobs.show.report(asked.job_id)
    assert (job.state, job.reason, job.is_open) == (JobState.REFUSED, "catalog.edits_flawed", False)
    assert told is not None and told.problem_count == 2
    assert {(one.row, one.rule) for one in told.problems} == {(3, "unknown"), (4, "amount")}
    assert await price_of(shop, "TEA") == 1_000 and await file_of(shop, job.id) is None


async def file_of(shop: Market, id: JobId) -> bytes | None:
    async with shop.retail.begin() as work:
        paper = await work.job_papers.of(id)  # type: ignore[attr-defined]
        return paper.file if paper else None


@pytest.mark.parametrize(
    ("wish", "fields"),
    [
        (EditPricesJob(file=" \n", actor=CLERK), {"file"}),
        (EditPricesJob(actor=CLERK), {"file"}),
        (EditPricesJob(file="sku,price\nA,1\n", trial_id=JobId(UUID(int=1)), actor=CLERK), {"file"}),
        (EditPricesJob(file="sku,cost\nTEA,1\n", actor=CLERK), {"file"}),
        (EditPricesJob(file="sku,price\n", actor=CLERK), {"file"}),
        (EditPricesJob(file="sku,price\n" + "x" * FILE_BYTES_MAX, actor=CLERK), {"file"}),
        (EditPricesJob(file="sku,price\n\udcff,1\n", actor=CLERK), {"file"}),
        (EditPricesJob(file=PRICES, reason="x" * 201, actor=CLERK), {"reason"}),
        (CountStockJob(file="sku,stock\nTEA,1\n", location="main", reason=" ", actor=CLERK), {"reason"}),
        (CountStockJob(file="sku,stock\nTEA,1\n", reason="x", actor=CLERK), {"location"}),
        (ImportGoodsJob(file="a,b\n1,2\n", actor=CLERK), {"file"}),
        (ImportGoodsJob(file=GOODS, mapping="[product", actor=CLERK), {"mapping"}),
        (MoveMembersJob(file="phone,shoe\n1,2\n", actor=CLERK), {"shoe"}),
    ],
)  # fmt: skip
async def test_what_can_never_be_done_is_refused_at_once_by_field(wish: Any, fields: set[str]) -> None:
    """JOB-R1: nothing waits for it."""
    async with open_market(Place("memory")) as shop:
        jobs = shop.retail.jobs
        hand_in: Any = {
            EditPricesJob: jobs.edit_prices, CountStockJob: jobs.count_stock, ImportGoodsJob: jobs.import_goods,
            MoveMembersJob: jobs.move_members_in,
        }[type(wish)]  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            await hand_in(wish)
        assert {one.field for one in refused.value.problems} == fields
        assert not (await jobs.show.all(PageRequest(10))).items


async def test_places_and_rights_are_asked_when_it_is_handed_in_and_when_it_is_done(shop: Market) -> None:
    """JOB-R3, R35"""
    lili = await somebody(shop)
    with pytest.raises(LocationNotFound):
        await shop.retail.jobs.count_stock(CountStockJob(file="sku,stock\nTEA,1\n", location="far", reason="x", actor=lili))
    narrow = EVERYTHING - {Effect.STOCK}
    with pytest.raises(StaffForbidden):
        await shop.retail.jobs.import_goods(ImportGoodsJob(file=GOODS, location="main", granted=narrow, actor=lili))
    asked = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=lili))
    await somebody(shop, "boss")
    await shop.retail.accounts.change_roles(
        ChangeRoles(staff_id=StaffId(UUID(lili.ref)), grant=(Role.CLERK,), revoke=(Role.ADMIN,), actor=CLERK)
    )
    await worked(shop)
    job = await seen(shop, asked.job_id)
    assert (job.state, job.reason) == (JobState.REFUSED, "job.asker_may_not")
    assert await price_of(shop, "TEA") == 1_000
    with pytest.raises(JobNotFound):
        await shop.retail.jobs.cancel(CancelJob(job_id=job.id, actor=lili))


async def test_a_job_that_waits_is_cancelled_and_one_that_is_begun_is_not(shop: Market) -> None:
    """JOB-R5: of a worker and somebody who cancels, one comes first."""
    lili = await somebody(shop)
    asked = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=lili))
    cancel = CancelJob(job_id=asked.job_id, actor=lili)
    assert (await shop.retail.jobs.cancel(cancel)).state is JobState.CANCELLED
    assert await file_of(shop, asked.job_id) is None
    await worked(shop)
    assert (await seen(shop, asked.job_id)).state is JobState.CANCELLED and await price_of(shop, "TEA") == 1_000
    with pytest.raises(JobNotWaiting):
        await shop.retail.jobs.cancel(cancel)
    for number in range(6):
        file = f"sku,price\nTEA,{8 - number}.00\n"
        rival = await shop.retail.jobs.edit_prices(EditPricesJob(file=file, actor=lili))
        before = await price_of(shop, "TEA")
        wish = CancelJob(job_id=rival.job_id, actor=lili)
        _, told = await asyncio.gather(worked(shop), shop.retail.jobs.cancel(wish), return_exceptions=True)
        is_cancelled = (await seen(shop, rival.job_id)).state is JobState.CANCELLED
        assert is_cancelled or isinstance(told, JobNotWaiting), told
        assert (await price_of(shop, "TEA") == before) is is_cancelled


async def test_two_workers_do_a_job_once(shop: Market) -> None:
    """JOB-R2, R28: members are moved in, stock is received, by one of them."""
    for number in range(3):
        file = f"code,title,price,stock\nNEW-{number},Goods,1,10\n"
        asked = await shop.retail.jobs.import_goods(ImportGoodsJob(file=file, location="main", actor=CLERK))
        rounds = await asyncio.gather(*[worked(shop) for _ in range(3)])
        job = await seen(shop, asked.job_id)
        assert (job.state, job.tries) == (JobState.DONE, 1)
        assert sum(one.done for one in rounds) == 1 and not any(one.failed for one in rounds)


def worker_of(shop: Market) -> doing.DoJob:
    """What does a job, as the timer calls it."""
    timer: Any = shop.retail.background.timers["do_jobs"]
    found: doing.DoJob = timer.deal_with
    return found


async def test_a_worker_that_is_dead_is_followed_by_another_and_one_that_was_only_slow_stores_nothing(shop: Market) -> None:
    """JOB-R2: the lease says who has it; at the end of its unit the slow one finds that the job is another's."""
    do = worker_of(shop)
    asked = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=CLERK))
    slow = await do.steps.take_up(asked.job_id)
    assert slow is not None and not (await worked(shop)).due
    shop.clock.pass_(LEASE - timedelta(seconds=1))
    await do.steps.note(doing.NoteProgress(job_id=asked.job_id, tries=1, phase="checking", rows=1))
    shop.clock.pass_(timedelta(seconds=2))
    assert not (await worked(shop)).due, "whoever tells how far it is, is alive"
    assert (await seen(shop, asked.job_id)).rows_done == 1
    shop.clock.pass_(LEASE)
    assert (await worked(shop)).done == 1
    job = await seen(shop, asked.job_id)
    assert (job.state, job.tries) == (JobState.DONE, 2)

    other = await shop.retail.jobs.edit_prices(EditPricesJob(file="sku,price\nTEA,5\n", actor=CLERK))
    slow = await do.steps.take_up(other.job_id)
    assert slow is not None
    shop.clock.pass_(LEASE)
    quick = await do.steps.take_up(other.job_id)
    assert quick is not None
    _, rows = do.files.rows(slow.file)
    run = doing.JobRun(taken=slow, wish=doing.EditPrices(rows=rows, actor=CLERK))
    with pytest.raises(doing.JobLost):
        await do.steps.edit_prices(run)
    with pytest.raises(doing.JobLost):
        await do.steps.note(doing.NoteProgress(job_id=other.job_id, tries=1, phase="storing", rows=1))
    with pytest.raises(doing.JobLost):
        await do.steps.end(doing.EndJob(taken=slow, report=doing.JobReport(), reason="x"))
    assert await price_of(shop, "TEA") == 900
    await do.steps.edit_prices(doing.JobRun(taken=quick, wish=run.wish))
    assert await price_of(shop, "TEA") == 500 and (await seen(shop, other.job_id)).state is JobState.DONE


async def test_what_passes_is_tried_again_and_given_up_after_some_tries(shop: Market) -> None:
    """JOB-R6: later and later; then it has failed, says why, and its file is gone. So is it with one that kills its workers."""
    do = worker_of(shop)
    broken = _with_prices_that_raise(do, Unavailable(reason="away"))
    asked = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=CLERK))
    for wait in WAITS:
        await broken(asked.job_id)
        job = await seen(shop, asked.job_id)
        assert (job.state, job.reason) == (JobState.WAITING, "store.unavailable")
        assert job.due_at == shop.clock.now() + timedelta(seconds=wait) and await file_of(shop, job.id)
        assert not (await worked(shop)).due
        shop.clock.pass_(timedelta(seconds=wait))
    await broken(asked.job_id)
    job = await seen(shop, asked.job_id)
    assert (job.state, job.reason, job.tries) == (JobState.FAILED, "store.unavailable", TRIES_MAX)
    assert await file_of(shop, job.id) is None and await price_of(shop, "TEA") == 1_000

    deadly = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=CLERK))
    for _ in range(TRIES_MAX):
        assert await do.steps.take_up(deadly.job_id) is not None
        shop.clock.pass_(LEASE)
    await worked(shop)
    job = await seen(shop, deadly.job_id)
    assert (job.state, job.reason) == (JobState.FAILED, "job.lost")


async def test_a_mistake_of_ours_is_heard_of_and_tried_again(shop: Market) -> None:
    """JOB-R6"""
    broken = _with_prices_that_raise(worker_of(shop), RuntimeError("nobody thought of this"))
    asked = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=CLERK))
    with pytest.raises(RuntimeError):
        await broken(asked.job_id)
    assert (await seen(shop, asked.job_id)).reason == "job.broken"
    shop.clock.pass_(timedelta(seconds=WAITS[0]))
    await worked(shop)
    assert (await seen(shop, asked.job_id)).state is JobState.DONE


def _with_prices_that_raise(do: doing.DoJob, wrong: Exception) -> doing.DoJob:

    async def fails(_run: doing.JobRun) -> Any:
        raise wrong

    return evolve(do, steps=evolve(do.steps, edit_prices=fails))


async def test_how_far_it_is_is_told_while_it_runs_and_not_too_often(shop: Market) -> None:
    """JOB-R4: some twenty times a phase, whatever the file; every time is an event that live pages hear of."""
    rows = "".join(f"G-{number},Goods,1,1\n" for number in range(900))
    asked = await shop.retail.jobs.import_goods(
        ImportGoodsJob(file=f"code,title,price,stock\n{rows}", dry_run=True, actor=CLERK)
    )
    do, heard = worker_of(shop), []

    async def noted(note: doing.NoteProgress) -> None:
        await do.steps.note(note)
        now = await seen(shop, note.job_id)
        assert (now.phase, now.rows_done, now.state) == (note.phase, note.rows, JobState.UNDER_WAY)
        heard.append((note.phase, note.rows))

    await evolve(do, steps=evolve(do.steps, note=noted))(asked.job_id)
    phases = [phase for phase, _ in heard]
    assert phases[0] == "checking" and phases[-1] == "storing" and heard == sorted(heard)
    assert 18 <= phases.count("checking") <= doing.STEPS + 1
    assert phases.count("storing") == (6 if do.tells_while_storing else 1)
    await shop.retail.background.timers["number_events"]()
    events = await shop.retail.events.after(0, 500)
    of_job = [one.name for one in events if one.aggregate_id == asked.job_id]
    assert of_job.count("job.went_on") == len(heard) + 1 and of_job[-1] == "job.ended"


async def test_a_trial_that_nobody_does_loses_its_file_and_jobs_are_forgotten_after_some_days(shop: Market) -> None:
    """JOB-R5: after a day; after as many days as is set."""
    wish = EditPricesJob(file=PRICES, dry_run=True, actor=CLERK)
    trial = await shop.retail.jobs.edit_prices(wish)
    await worked(shop)
    assert await file_of(shop, trial.job_id)
    shop.clock.pass_(TRIAL_KEPT)
    await worked(shop)
    assert await file_of(shop, trial.job_id) is None and not (await worked(shop)).due
    with pytest.raises(TrialNotDone):
        await shop.retail.jobs.edit_prices(EditPricesJob(trial_id=trial.job_id, actor=CLERK))
    await shop.retail.settings.change(ChangeSettings(values={"jobs.kept_days": 2}, reason="room", actor=CLERK))
    shop.clock.pass_(timedelta(days=1, seconds=-1))
    waiting = await shop.retail.jobs.edit_prices(EditPricesJob(file=PRICES, actor=CLERK))
    await shop.retail.background.timers["sweep"]()
    assert await shop.retail.jobs.show.show(trial.job_id)
    shop.clock.pass_(timedelta(hours=2))
    await shop.retail.background.timers["sweep"]()
    assert [one.id for one in (await shop.retail.jobs.show.all(PageRequest(10))).items] == [waiting.job_id]
    assert await shop.retail.jobs.show.report(trial.job_id) is None


async def test_lists_are_paged_the_newest_first(shop: Market) -> None:
    """JOB-R3"""
    asked = [
        (await shop.retail.jobs.edit_prices(EditPricesJob(file=f"sku,price\nTEA,{number}\n", actor=CLERK))).job_id
        for number in range(1, 6)
    ]
    await worked(shop)
    first = await shop.retail.jobs.show.all(PageRequest(2))
    second = await shop.retail.jobs.show.all(PageRequest(3, first.next_cursor))
    assert [one.id for one in (*first.items, *second.items)] == asked[::-1] and second.next_cursor is None
    open_ones = await shop.retail.jobs.show.all(PageRequest(9), only_open=True)
    assert [one.id for one in open_ones.items] == asked[:1:-1]
