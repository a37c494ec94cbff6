"""What a shop may set about jobs while it runs."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.settings import WholeSetting

KEPT_DAYS_USUAL: Final = 90

KEPT_DAYS: Final = WholeSetting(
    name="jobs.kept_days", least=1, most=3_650, unit="days",
    says="How many days a job that is over can be looked at; what it brought about stays.",
    says_zh="后台任务结束后保留多少天可供查看；任务所做的更改不受影响。",
)  # fmt: skip

USUAL_JOBS: Final = {KEPT_DAYS.name: KEPT_DAYS_USUAL}
"""What they are worth as long as nobody sets them."""
