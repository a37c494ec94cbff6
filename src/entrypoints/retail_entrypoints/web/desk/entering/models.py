"""Who somebody of staff is, and what they may do here."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from retail_domain.accounts import Permission
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.places import EVERYWHERE
from retail_entrypoints.http.caller import Caller


@frozen(kw_only=True)
class Right:
    """Something that they may do, and at which places, if not everywhere."""

    permission: str
    places: tuple[str, ...]


@frozen(kw_only=True)
class WhoIAm:
    """Somebody's own page."""

    name: str
    roles: tuple[str, ...]
    own_roles: tuple[str, ...]
    rights: tuple[Right, ...]

    @classmethod
    def of(cls, name: str, caller: Caller, places: Mapping[LocationId, str]) -> WhoIAm:
        """As of this request."""
        account = caller.account
        where = caller.rights.where
        return cls(
            name=name,
            roles=tuple(role.value for role in account.roles) if account else (),
            own_roles=tuple(role.name for role in account.custom_roles) if account else (),
            rights=tuple(
                Right(
                    permission=one.value,
                    places=() if where[one] == EVERYWHERE else tuple(sorted(places.get(id, "") for id in where[one].bound_to)),
                )
                for one in Permission if one in where
            ),
        )  # fmt: skip
