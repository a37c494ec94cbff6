"""`retail simulator`: providers to develop and test against; processes of their own."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def simulator() -> None:
    """Providers to develop and test against."""


@simulator.command()
@click.option("--port", type=click.IntRange(0, 65_535), required=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), help="A file to remember payments in.")
def sandbox(port: int, host: str, store: Path | None) -> None:
    """The sandbox payment provider; its control API is for testers only."""
    from retail_entrypoints.simulators.sandbox import WrongSettings, run

    try:
        run(port, host, str(store) if store else None)
    except WrongSettings as wrong:
        raise click.UsageError(str(wrong)) from None
