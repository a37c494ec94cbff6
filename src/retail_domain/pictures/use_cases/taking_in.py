"""A picture is sent, looked at by its owner, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.costs import PICTURE, Whose
from retail_domain.kernel.counting import Allowance, Sealer, TooOften, key_of, line_of, take
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.pictures.errors import PictureNotFound
from retail_domain.pictures.model import ARRIVES_WITHIN, SENT, Picture, PictureState, for_goods, sent_name
from retail_domain.pictures.ports import IntakeWork, PictureFiles, PicturesWork
from retail_domain.pictures.queries import PictureView
from retail_domain.pictures.reading import heading_of


@frozen(kw_only=True)
@checked
class AddPicture:
    """A picture as it was sent; `client` is the network address that is counted (ACC-R7)."""

    owner: Actor
    content: bytes = field(repr=False)
    client: str = field(default="", repr=False)
    once: Once | None = None


@frozen(kw_only=True)
class PictureAdded:
    """The id of a picture that is being prepared."""

    picture_id: PictureId


@frozen(kw_only=True)
@checked
class ShowPicture:
    """How far a picture is; `owner` None is staff, who see every one."""

    picture_id: PictureId
    owner: Actor | None


@frozen(kw_only=True)
@checked
class ForgetPicture:
    """Whoever sent it (None: staff, whoever sent it) does not want it kept."""

    picture_id: PictureId
    owner: Actor | None
    once: Once | None = None


@frozen(kw_only=True)
class PictureRules:
    """How many pictures members may send, each and from one address line."""

    per_member: tuple[Allowance, ...] = PICTURE.often(Whose.ACCOUNT)
    per_line: tuple[Allowance, ...] = PICTURE.often(Whose.LINE)


@frozen(kw_only=True)
class Intake:
    """The units of work in which a picture arrives."""

    announce: Called[AddPicture, PictureAdded]
    find: Called[ShowPicture, Picture]
    arrived: Called[PictureId, None]


async def add_picture(command: AddPicture, intake: Intake, files: PictureFiles, clock: Clock) -> PictureAdded:
    """Keeps a picture and answers its id; a worker prepares it. The same again under one key is the same picture (PIC-R7).

    First the row, then the file, then the word that it is there: whoever is killed between leaves nothing for good.
    A key whose picture never arrived, or is gone, keeps nothing any more and says so.
    Raises InvalidInput, TooOften, PictureNotFound.
    """
    heading_of(command.content)
    answer = await intake.announce(command)
    known = await intake.find(ShowPicture(picture_id=answer.picture_id, owner=None))
    if known.state is PictureState.ARRIVING:
        if clock.now() - known.at >= ARRIVES_WITHIN / 2:  # by then a worker may be about to forget it
            raise PictureNotFound(picture_id=known.id)
        await files.keep(sent_name(known.id), command.content)
        await intake.arrived(known.id)
    return answer


@brings(Effect.GOODS)
async def add_goods_picture(command: AddPicture, add: Called[AddPicture, PictureAdded]) -> PictureAdded:
    """The same for a picture of goods, which staff send. Raises InvalidInput, PictureNotFound."""
    return await add(command)


async def announce_picture(
    work: IntakeWork, command: AddPicture, means: Means, sealer: Sealer, rules: PictureRules
) -> PictureAdded:
    """The row, before there is any file. Raises InvalidInput, TooOften."""
    at = means.clock.now()
    heading = heading_of(command.content)
    if command.owner.kind is ActorKind.MEMBER:
        wait_seconds = await take(work.counters, _allowances(command, sealer, rules), at=at)
        if wait_seconds is not None:
            raise TooOften(retry_after_seconds=wait_seconds)
    change = Picture.announced(PictureId(means.ids.new()), command.owner, heading, command.content, at=at)
    if command.owner.kind is not ActorKind.MEMBER:  # nobody but staff can say when goods need it no longer
        change = Change(None, change.state.kept_for_goods(), change.events)
        work.picture_uses.save(Change(None, for_goods(change.state.id)))
    work.pictures.save(change)
    return PictureAdded(picture_id=change.state.id)


async def picture_arrived(work: PicturesWork, id: PictureId, means: Means) -> None:
    """Its bytes are kept: a worker may prepare it."""
    known = await work.pictures.claim(id)
    if known is not None:
        work.pictures.save(known.arrived(at=means.clock.now()))


async def find_picture(work: PicturesWork, wish: ShowPicture) -> Picture:
    """Raises PictureNotFound, also for somebody else's."""
    known = await work.pictures.get(wish.picture_id)
    if wish.owner is not None and known.owner != wish.owner:
        raise PictureNotFound(picture_id=wish.picture_id)
    return known


async def show_picture(work: PicturesWork, wish: ShowPicture) -> PictureView:
    """How far a picture is, and where it is served. Raises PictureNotFound, also for somebody else's."""
    return PictureView.of(await find_picture(work, wish))


async def look_at_pictures(work: PicturesWork, ids: Iterable[PictureId]) -> Mapping[PictureId, PictureView]:
    """How far these are, whoever sent them: for pages that show what shows them. Those that are gone are absent."""
    wanted = {*ids}
    found = await work.pictures.some(wanted) if wanted else {}
    return {id: PictureView.of(one) for id, one in found.items()}


async def serve_picture(name: str, files: PictureFiles) -> bytes | None:
    """A file that was prepared, by its name; None for what there is not, what was sent among it."""
    return None if name.startswith(SENT) else await files.open(name)


async def forget_picture(work: PicturesWork, command: ForgetPicture, means: Means) -> None:
    """A worker deletes it; a picture of goods is let go of first. Raises PictureNotFound, PictureInUse."""
    known = before = await work.pictures.claim(command.picture_id)
    if known is None or (command.owner is not None and known.owner != command.owner):
        raise PictureNotFound(picture_id=command.picture_id)
    if known.state is PictureState.GOING:
        return
    at, use = means.clock.now(), for_goods(known.id)
    if known.owner.kind is not ActorKind.MEMBER and known.uses == 1:
        known = known.let_go(at=at).state
        work.picture_uses.drop(use)
    went = known.goes(at=at)
    work.pictures.save(Change(before, went.state, went.events))


@brings(Effect.GOODS)
async def forget_any_picture(command: ForgetPicture, forget: Called[ForgetPicture, None]) -> None:
    """The same by staff, whoever sent it. Raises PictureNotFound, PictureInUse."""
    await forget(command)


def _allowances(command: AddPicture, sealer: Sealer, rules: PictureRules) -> Mapping[str, Allowance]:
    own = {key_of(sealer, "picture", "member", command.owner.ref, one): one for one in rules.per_member}
    line = line_of(command.client)
    return own | {key_of(sealer, "picture", "address", line, one): one for one in rules.per_line if command.client}
