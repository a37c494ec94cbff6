"""`/v1/pictures`: send one and see how far it is; `/pictures/...`: what was prepared, for everybody and for good."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final

from attrs import evolve
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, PathParameter
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.counting import TooOften
from retail_domain.kernel.errors import InvalidInput, Unavailable
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.once import Once
from retail_domain.pictures import (
    BYTES_MAX,
    AddPicture,
    ForgetPicture,
    PictureAdded,
    PictureDesk,
    PictureFile,
    PictureInUse,
    PictureNotFound,
    PictureState,
    PictureView,
    ShowPicture,
    Unfit,
)
from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource, get
from retail_entrypoints.http.shapes import Answer, Count, Instant, Uuid
from retail_entrypoints.http.shaping import derived

FileName = Annotated[
    str,
    PathParameter(
        pattern=r"^[0-9a-f]{64}-[1-9][0-9]{0,4}\.(webp|jpg)$(?!\n)", description="One of the files that a picture names."
    ),
]
Address = Annotated[str, Meta(max_length=100, description="A path of the shop.", examples=["/pictures/5e5e-800.webp"])]
_MEDIA: Final = {"webp": "image/webp", "jpg": "image/jpeg"}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_SANDBOX: Final = "default-src 'none'; sandbox"


class PictureAddedShape(Answer, frozen=True):
    """The id of a picture that is being prepared."""

    picture_id: Uuid

    of = derived(PictureAdded)


class PictureFileShape(Answer, frozen=True):
    """A file of a picture, and its size."""

    path: Address
    width: Count
    height: Count


class PictureShape(Answer, frozen=True):
    """How far a picture is. `files` are there once it is `ready`: WebP of growing width, then a JPEG for cards."""

    picture_id: Uuid
    state: PictureState
    reason: Unfit | None
    width: Count
    height: Count
    files: list[PictureFileShape]
    uses: Count
    at: Instant


def _shape(view: PictureView) -> PictureShape:
    return PictureShape(
        picture_id=view.picture_id, state=view.state, reason=view.reason, width=view.width, height=view.height,
        files=[_file(one) for one in view.files], uses=view.uses, at=view.at,
    )  # fmt: skip


def _file(one: PictureFile) -> PictureFileShape:
    return PictureFileShape(path=f"/pictures/{one.name}", width=one.width, height=one.height)


def _with(content: bytes, once: Once | None) -> Once | None:
    """The key of a request whose body is a picture: another picture under the same key is another request (R17)."""
    if once is None:
        return None
    both = f"{once.fingerprint}\n{hashlib.sha256(content).hexdigest()}"
    return evolve(once, fingerprint=hashlib.sha256(both.encode()).hexdigest())


def picture_routes(desk: PictureDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/pictures` for members."""
    routes = Resource("/pictures", permission=MEMBER, tag="pictures")

    @routes.post(
        raises=[InvalidInput, TooOften, Unavailable],
        status=202,
        request_max_body_size=BYTES_MAX,
        opt={"picture": True},
        summary="Send a picture, which is then prepared",
    )
    async def add_picture(
        request: StrictRequest,
        actor: NamedDependency[Actor],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> PictureAddedShape:
        """The body is the picture itself: JPEG, PNG or WebP, told by its first bytes; 8 MiB and 40 megapixels at most."""
        content = await request.body()
        wish = AddPicture(owner=actor, content=content, client=client_address, once=_with(content, once))
        return PictureAddedShape.of(await desk.add(wish))

    @routes.get("/{picture_id:uuid}", raises=[PictureNotFound], summary="How far a picture of mine is")
    async def show_picture(picture_id: FromPath[Uuid], actor: NamedDependency[Actor]) -> PictureShape:
        """Ask again while it is `waiting`; a picture that was `refused` says why."""
        return _shape(await desk.show(ShowPicture(picture_id=PictureId(picture_id), owner=actor)))

    @routes.delete("/{picture_id:uuid}", raises=[PictureNotFound, PictureInUse], summary="Forget a picture of mine")
    async def forget_picture(
        picture_id: FromPath[Uuid], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """What shows it must be changed first; its files are deleted soon after."""
        await desk.forget(ForgetPicture(picture_id=PictureId(picture_id), owner=actor, once=once))

    return routes.all


def staff_picture_routes(desk: PictureDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/pictures`: pictures of goods."""
    routes = Resource("/staff/pictures", permission=Permission.CATALOG_SEE, tag="staff: catalog")

    @routes.post(
        does=desk.add_goods,
        raises=[InvalidInput, Unavailable],
        status=202,
        request_max_body_size=BYTES_MAX,
        opt={"picture": True},
        summary="Send a picture of goods, which is then prepared",
    )
    async def add_goods_picture(
        request: StrictRequest, actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> PictureAddedShape:
        """The body is the picture itself. It is kept until staff forget it; goods name it by the path of a file."""
        content = await request.body()
        return PictureAddedShape.of(await desk.add_goods(AddPicture(owner=actor, content=content, once=_with(content, once))))

    @routes.get("/{picture_id:uuid}", raises=[PictureNotFound], summary="How far any picture is")
    async def show_any_picture(picture_id: FromPath[Uuid]) -> PictureShape:
        """Whoever sent it."""
        return _shape(await desk.show(ShowPicture(picture_id=PictureId(picture_id), owner=None)))

    @routes.delete(
        "/{picture_id:uuid}",
        does=desk.forget_any,
        raises=[PictureNotFound, PictureInUse],
        summary="Forget a picture that nothing shows",
    )
    async def forget_any_picture(
        picture_id: FromPath[Uuid], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """A picture of goods, or one that a member sent; what a review or post shows is refused."""
        await desk.forget_any(ForgetPicture(picture_id=PictureId(picture_id), owner=None, once=once))

    return routes.all


def picture_file_routes(serve: Callable[[str], Awaitable[bytes | None]]) -> Sequence[HTTPRouteHandler]:
    """`/pictures/{hash}-{width}.{ext}`: the same bytes for good, since the name is made of what is in them."""

    @get("/pictures/{file:str}", permission=PUBLIC, raises=[Unavailable], include_in_schema=False)
    async def get_picture_file(file: FileName, request: StrictRequest) -> Response[bytes]:
        tag = f'"{file}"'
        manners = {"Cache-Control": _FOR_GOOD, "ETag": tag}
        known = [one.strip().removeprefix("W/") for line in request.lines_of(b"if-none-match") for one in line.split(",")]
        content = await serve(file)
        if content is None:
            raise NoSuchAddress()
        if tag in known or "*" in known:
            return Response(b"", status_code=304, headers=manners)
        media = _MEDIA[file.rpartition(".")[2]]
        return Response(content, media_type=media, headers={**manners, "Content-Security-Policy": _SANDBOX})

    return [get_picture_file]
