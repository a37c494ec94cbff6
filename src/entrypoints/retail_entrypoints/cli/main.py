"""`retail`: every command of the shop; exit codes 0 done, 1 refused or failed, 2 wrong use (DOR-R3)."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final, NamedTuple

import click

from retail_adapters.extras import advice_for
from retail_domain.kernel.errors import DomainError
from retail_entrypoints.loading import keeping_everything
from retail_entrypoints.logs import journal, traces_of
from retail_entrypoints.settings import BadSetting

DONE: Final = 0
FAILED: Final = 1
WRONG_USE: Final = 2


class Listed(NamedTuple):
    """A command before it is imported: where it is, and the first sentence of what it says of itself."""

    place: str
    says: str


COMMANDS: Final[Mapping[str, Listed]] = {
    "serve": Listed("running:serve", "Serve the web shop and the HTTP API until stopped; requests under way are finished."),
    "worker": Listed("running:worker", "Make deliveries and let timers act until stopped; any number of workers may run."),
    "shop": Listed("demo:shop", "Serve and work on demo data, with a payment provider to play with, until stopped."),
    "db": Listed("database:db", "Bring the database to this release's schema."),
    "catalog": Listed("catalog:catalog", "Goods and the kinds they come in."),
    "stock": Listed("inventory:stock", "Stock at warehouses and stores."),
    "freight": Listed("freight:freight", "Freight templates: what delivery costs, by region."),
    "offers": Listed("offers:offers", "Offers: discounts, full reductions, gifts, free freight, and what each can cost."),
    "pictures": Listed("pictures:pictures", "Pictures of goods, and how far any picture is."),
    "orders": Listed("ordering:orders", "Orders of all members; ORDER is a number or an id."),
    "jobs": Listed("jobs:jobs", "Files that a worker does, and how far they are."),
    "approvals": Listed("approvals:approvals", "What is too large for one person, and waits for another."),
    "refunds": Listed("payments:refunds", "Money that goes back, and what did not get through."),
    "books": Listed("books:books", "The day book: what every account did on each day, and days that are closed."),
    "keys": Listed("keys:keys", "Keys with which programs come in over HTTP."),
    "notes": Listed("notes:notes", "What programs of others keep with goods, orders and members."),
    "reviews": Listed("reviews:reviews", "What buyers say of goods: look at it, decide, reply."),
    "messages": Listed("messages:messages", "What members and staff are told, and what is on its way to them."),
    "members": Listed("accounts:members", "The members; names and phone numbers stay masked here."),
    "tiers": Listed("tiers:tiers", "Tiers of members: who stands where, and what staff give; `tiers.ladder` is the ladder."),
    "coupons": Listed("coupons:coupons", "Coupons: kinds of them, who has which, codes, and what became of them."),
    "points": Listed("points:points", "Points of members; MEMBER is a phone number, a login name or an id."),
    "wallet": Listed("wallet:wallet", "Money of members with the shop; MEMBER is a phone number, a login name or an id."),
    "staff": Listed("accounts:staff", "Who works here, and what they may do; the first admin is made here only."),
    "roles": Listed("roles:roles", "Roles that the shop makes itself, bound to places or not; for what staff may do."),
    "regions": Listed("accounts:regions", "Administrative regions below the provinces (行政区划)."),
    "settings": Listed("settings:settings", "What is changed while the shop runs; RETAIL_* variables say what is usual."),
    "trail": Listed("trail:trail", "What staff set out to do, the newest first, and who it was."),
    "webhooks": Listed("webhooks:webhooks", "Addresses outside the shop that are told what happens in it."),
    "outbox": Listed("outbox:outbox", "Deliveries that are not made yet."),
    "audit": Listed("audit:audit", "Check every law on the live database; exit code 1 when a row breaks one."),
    "doctor": Listed(
        "doctor:doctor",
        "Look at settings, database, clock, disk, providers and backlog; exit code 1 if something must be mended.",
    ),
    "simulate": Listed(
        "simulate:simulate", "Run the shop in memory with many clients and every kind of fault; an auditor judges every answer."
    ),
    "simulator": Listed("simulator:simulator", "Providers to develop and test against."),
}


class Commands(click.Group):
    """The commands of `COMMANDS`, in that order; one is imported when it is asked for, and the list of them imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        with keeping_everything():
            found: click.Command = getattr(import_module(f"retail_entrypoints.cli.{module}"), name)
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; it would know nothing to suggest of commands that are not imported."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as wrong:
            raise click.exceptions.NoSuchCommand(wrong.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does."""
        told = [click.Command(name, help=listed.says) for name, listed in COMMANDS.items()]
        _InOrder(commands={str(command.name): command for command in told}).format_commands(ctx, formatter)


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="retail-domain", prog_name="retail")
def cli() -> None:
    """Run the shop and look after it. Settings come from RETAIL_* variables."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run a command; what goes wrong is one line on stderr, never a traceback."""
    try:
        cli.main(args=list(arguments), prog_name="retail", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as asked:
        return _told(asked.format_message(), WRONG_USE, prefix="")
    except click.UsageError as wrong:
        return _told(f"{wrong.format_message()} ({_help_of(wrong)})", WRONG_USE)
    except click.ClickException as failed:
        return _told(failed.format_message(), FAILED)
    except BadSetting as wrong:
        return _told(str(wrong), WRONG_USE)
    except DomainError as refused:
        return _told(f"{refused} [{refused.code}]", FAILED)
    except (click.Abort, KeyboardInterrupt):
        return _told("stopped", FAILED)
    except OSError as error:
        return _os_error(error)
    except ImportError as missing:
        told = advice_for(missing)
        return _failed(missing) if told is None else _told(told, FAILED)
    except Exception as error:  # noqa: BLE001 - the outermost frame of this door
        return _failed(error)
    return DONE


def _help_of(wrong: click.UsageError) -> str:
    path = wrong.ctx.command_path if wrong.ctx else "retail"
    return f"see `{path} --help`"


def _os_error(error: OSError) -> int:
    if error.errno == errno.EPIPE:  # `retail orders list | head`: who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    named = f"{error.filename}: " if error.filename else ""
    return _told(f"{named}{error.strerror or type(error).__name__}", FAILED)


def _failed(error: Exception) -> int:
    journal.error("failed", extra={"error": type(error).__name__, "trace": traces_of(error)})
    return _told(f"something went wrong on our side ({type(error).__name__}); RETAIL_LOG_SEVERITY=ERROR shows where", FAILED)


def _told(message: str, code: int, prefix: str = "retail: ") -> int:
    one_line = message if not prefix else " ".join(message.split())
    click.echo(f"{prefix}{one_line}", err=True)
    return code


if __name__ == "__main__":
    main()
