"""`retail pictures`: pictures of goods, and how far any picture is."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.once import Once
from retail_domain.pictures import BYTES_MAX, AddPicture, ForgetPicture, ShowPicture
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, opened, show_json, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.tables import tabular

PICTURE: Final[Columns] = {
    "picture_id": lambda view: view.picture_id,
    "state": lambda view: view.state,
    "reason": lambda view: view.reason,
    "width": lambda view: view.width,
    "height": lambda view: view.height,
    "uses": lambda view: view.uses,
}
FILES: Final[Columns] = {
    "path": lambda one: f"/pictures/{one.name}",
    "width": lambda one: one.width,
    "height": lambda one: one.height,
}
_ONE: Final = "pictures {} 0192f3c4-0000-7000-8000-000000000001"


@click.group()
def pictures() -> None:
    """Pictures of goods, and how far any picture is."""


@pictures.command(epilog=example("pictures add tea.jpg --as admin"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@decides("pictures.add_goods")
async def add(desk: StaffDesk, file: Path) -> None:
    """Send a picture of goods, JPEG, PNG or WebP; a worker prepares it, and it is kept until it is forgotten here."""
    with file.open("rb") as opened_file:
        content = opened_file.read(BYTES_MAX + 1)  # one byte more is enough to be refused
    once = desk.once or _once_for(desk.actor, content)
    added = await desk.retail.pictures.add_goods(AddPicture(owner=desk.actor, content=content, once=once))
    click.echo(f"{added.picture_id}")


def _once_for(actor: Actor, content: bytes) -> Once:
    """What is in the file is the key where none was typed: the same file again is the same picture."""
    digest = hashlib.sha256(content).hexdigest()
    operation = "command line: picture by content"
    return Once(principal=f"{actor.kind.value}:{actor.ref}", operation=operation, key=digest, fingerprint=digest)


@pictures.command(epilog=example(_ONE.format("show")))
@click.argument("picture_id", type=click.UUID, metavar="PICTURE")
@tabular
@opened
async def show(desk: StaffDesk, picture_id: UUID, as_json: bool) -> None:
    """How far a picture is, and the files that it is served as."""
    view = await desk.retail.pictures.show(ShowPicture(picture_id=PictureId(picture_id), owner=None))
    if as_json:
        show_json(view)
        return
    show_rows([view], PICTURE, as_json=False)
    if view.files:
        show_rows(view.files, FILES, as_json=False)


@pictures.command(epilog=example(f"{_ONE.format('forget')} --as admin"))
@click.argument("picture_id", type=click.UUID, metavar="PICTURE")
@decides("pictures.forget_any")
async def forget(desk: StaffDesk, picture_id: UUID) -> None:
    """Forget a picture that nothing shows; a worker deletes its files."""
    await desk.retail.pictures.forget_any(ForgetPicture(picture_id=PictureId(picture_id), owner=None, once=desk.once))
    click.echo(f"{picture_id} goes")
