"""The worker: makes deliveries and lets timers act."""

from retail_entrypoints.worker.loop import Worker as Worker, work_once as work_once
