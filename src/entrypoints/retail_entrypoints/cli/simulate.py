"""`retail simulate`: the shop under fire, deterministic from a seed, in as many processes as there are cores."""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import click

from retail_domain.testing.simulation.report import Summary
from retail_domain.testing.simulation.run import SimulationOutcome
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.simulation import one_simulation

_CHUNK: Final = 10


@click.command(epilog=example("simulate --seed 1 --seeds 50 --steps 500"))
@click.option("--seed", default=1, show_default=True, help="The first seed.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1), help="How many seeds, one after the other.")
@click.option("--steps", default=1_000, show_default=True, type=click.IntRange(1), help="Steps in trouble of each seed.")
@click.option("--jobs", default=os.cpu_count() or 1, type=click.IntRange(1), help="How many processes; all cores by default.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there as well.")
def simulate(seed: int, seeds: int, steps: int, jobs: int, json_path: Path | None) -> None:
    """Run the shop in memory with many clients and every kind of fault; an auditor judges every answer.

    The same seed and steps give the same history. Exit code 1 when a law was broken.
    """
    begun, summary = time.perf_counter(), Summary()
    chunks = [range(first, min(first + _CHUNK, seed + seeds)) for first in range(seed, seed + seeds, _CHUNK)]
    for outcomes in _run(chunks, steps, min(jobs, len(chunks))):
        for outcome in outcomes:
            summary.add(outcome)
        _progress(summary, seeds)
    seconds = time.perf_counter() - begun
    for line in summary.lines():
        click.echo(line)
    click.echo(f"{seconds:.1f} s, {summary.steps / seconds:.0f} steps a second")
    if json_path is not None:
        document = {**summary.as_document(), **_circumstances(seconds, jobs, steps)}
        json_path.write_text(json.dumps(document, indent=2) + "\n")
    if summary.violations:
        raise click.ClickException("a law of the shop was broken; the lines above replay it")


def _run(chunks: Sequence[range], steps: int, jobs: int) -> Iterator[list[SimulationOutcome]]:
    if jobs == 1:
        yield from (_simulate_all(chunk, steps) for chunk in chunks)
        return
    with ProcessPoolExecutor(jobs, initializer=_calm_collector) as pool:
        yield from pool.map(_simulate_all, chunks, [steps] * len(chunks))


def _simulate_all(seeds: range, steps: int) -> list[SimulationOutcome]:
    outcomes = [one_simulation(seed, steps) for seed in seeds]
    gc.collect()
    return outcomes


def _calm_collector() -> None:
    gc.freeze()
    gc.disable()  # a simulation is over before its garbage matters; it is collected after every few seeds


def _progress(summary: Summary, seeds: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if summary.seeds >= seeds else ""
        click.echo(f"\r{summary.seeds} of {seeds} seeds, {summary.violations} violations", err=True, nl=bool(end))


def _circumstances(seconds: float, jobs: int, steps: int) -> dict[str, Any]:
    told = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "seconds": round(seconds, 1), "processes": jobs, "steps_in_trouble_of_each_seed": steps,
        "commit": told.stdout.strip() or "unknown", "python": platform.python_version(), "machine": platform.machine(),
    }  # fmt: skip
