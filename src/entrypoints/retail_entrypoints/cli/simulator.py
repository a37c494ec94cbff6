"""`retail simulator`: providers to develop and test against; processes of their own."""

from __future__ import annotations

from pathlib import Path

import click

from retail_entrypoints.cli.examples import example


@click.group()
def simulator() -> None:
    """Providers to develop and test against."""


@simulator.command(epilog=example("simulator sandbox --port 8901 --store provider.db"))
@click.option("--port", type=click.IntRange(0, 65_535), required=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), help="A file to remember payments in.")
@click.option("--quiet", is_flag=True, help="Do not print the address.")
def sandbox(port: int, host: str, store: Path | None, quiet: bool) -> None:
    """The sandbox payment provider; its control API is for testers only."""
    from retail_entrypoints.simulators.sandbox import WrongSettings, run

    try:
        run(port, host, str(store) if store else None, is_quiet=quiet)
    except WrongSettings as wrong:
        raise click.UsageError(str(wrong)) from None


@simulator.command(epilog=example("simulator robots --port 8902"))
@click.option("--port", type=click.IntRange(0, 65_535), required=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--quiet", is_flag=True, help="Do not print how the shop is to call.")
def robots(port: int, host: str, quiet: bool) -> None:
    """Robots of groups: WeCom, DingTalk and Feishu; the control API is for testers only."""
    from retail_entrypoints.simulators.robots import run

    run(port, host, is_quiet=quiet)
