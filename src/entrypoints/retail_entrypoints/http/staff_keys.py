"""`/v1/staff/keys`: programs that come in, and what they may (ACC-R10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import (
    KeyNameTaken,
    KeyNotFound,
    KeyView,
    MadeKey,
    MakeKey,
    Permission,
    RevokeKey,
    StaffForbidden,
)
from retail_domain.application import Retail
from retail_domain.inventory import LocationNotFound
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import KeyId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Instant, KeyName, Uuid
from retail_entrypoints.http.shaping import derived
from retail_entrypoints.http.staff_roles import PlaceCodes, places_found, places_named

End = Annotated[datetime, Meta(tz=True, description="RFC 3339; after now.", examples=["2099-12-31T00:00:00Z"])]
Hint = Annotated[str, Meta(description="The first letters of the key.", examples=["rk_x7Qf2a"])]


class KeyBody(Body, frozen=True):
    """A program to let in. Without `expires_at` the key is good until it is taken back."""

    name: KeyName
    permissions: Annotated[list[Permission], Meta(min_length=1, max_length=100)]
    expires_at: End | None = None
    places: PlaceCodes = []  # noqa: RUF012 - a Struct copies it

    to_command = becoming(MakeKey, "places_named", "actor", "once", places=places_found, beside=("places",))


class MadeKeyShape(Answer, frozen=True):
    """A key: send it as `Authorization: Bearer ...`; it is shown only now."""

    key_id: Uuid
    key: Annotated[str, Meta(description="Shown only now.", examples=["rk_x7Qf2aLr0ZkTq1yVb8WnEo5HsJd3GpUcM6iXt4RzYwA"])]

    of = derived(MadeKey)


class KeyShape(Answer, frozen=True):
    """A key, known by its first letters. `last_used_at` is right to within an hour."""

    key_id: Uuid
    name: KeyName
    hint: Hint
    permissions: list[Permission]
    places: Annotated[list[Uuid], Meta(description="The warehouses and stores it is bound to; none: everywhere.")]
    maker_id: Uuid | None
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None

    of = derived(KeyView)


def staff_key_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/keys`."""
    accounts = retail.accounts
    routes = Resource("/staff/keys", permission=Permission.KEYS_MANAGE, tag="staff: keys")

    @routes.get(summary="Keys of programs, those taken back included")
    async def list_keys(page: NamedDependency[PageRequest]) -> PageShape[KeyShape]:
        """In the order they were made."""
        return listing(await accounts.show.keys(page), KeyShape.of)

    @routes.post(
        does=accounts.make_key,
        raises=[KeyNameTaken, StaffForbidden, LocationNotFound],
        summary="Let a program in: make a key",
    )
    async def make_key(
        data: JSONBody[KeyBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> MadeKeyShape:
        """Nobody gives a key what they may not do themselves; with each request it may what its maker still may."""
        named = await places_named(retail, data.places)
        return MadeKeyShape.of(await accounts.make_key(data.to_command(places_named=named, actor=actor, once=once)))

    @routes.delete(
        "/{key_id:uuid}", does=accounts.revoke_key, raises=[KeyNotFound, StaffForbidden], summary="Take a key back",
    )  # fmt: skip
    async def revoke_key(key_id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]) -> None:
        """The next request with it is refused. It stays in the list."""
        await accounts.revoke_key(RevokeKey(key_id=KeyId(key_id), actor=actor, once=once))

    return routes.all
