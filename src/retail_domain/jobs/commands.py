"""What is wished of jobs."""

from __future__ import annotations

from typing import Annotated

from attrs import field, frozen

from retail_domain.jobs.model import JobState
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import AsTyped, checked
from retail_domain.kernel.effects import EVERYTHING, Granted
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places

Text = Annotated[str, AsTyped()]


@frozen(kw_only=True)
@checked
class FileJob:
    """A file as text, or a trial that is done in earnest with the file and all that was said beside it: one of both."""

    file: Text | None = field(default=None, repr=False)
    trial_id: JobId | None = None
    dry_run: bool = False
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ImportGoodsJob(FileJob):
    """Goods are to be imported; what no mapping says is read by the usual names of columns."""

    mapping: Text = ""
    location: str | None = None
    """The code of the location that receives the stock of new goods."""
    skip_bad: bool = False
    granted: Granted = EVERYTHING


@frozen(kw_only=True)
@checked
class EditPricesJob(FileJob):
    """Other prices are to be asked."""

    reason: Text = ""


@frozen(kw_only=True)
@checked
class CountStockJob(FileJob):
    """It is to be said what was counted at one place."""

    location: str | None = None
    """Its code; of a trial that is done in earnest its own."""
    reason: Text = ""
    within: Places = EVERYWHERE


@frozen(kw_only=True)
@checked
class MoveMembersJob(FileJob):
    """Members are to be moved in."""


@frozen(kw_only=True)
@checked
class CancelJob:
    """Nobody wants it any more."""

    job_id: JobId
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class JobOutcome:
    """Which job it is, and how far."""

    job_id: JobId
    state: JobState
