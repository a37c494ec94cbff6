"""Staff (员工): roles, what each may do, and the accounts that have them (R35)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.accounts.events import StaffAdded, StaffRolesChanged
from retail_domain.accounts.model.words import one_line
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, Effects, Granted
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import StaffId


class Permission(Enum):
    """What a staff route or command asks for; each declares what it needs."""

    CATALOG_SEE = "catalog.see"
    CATALOG_CHANGE = "catalog.change"
    PRICES_CHANGE = "prices.change"
    COSTS_SEE = "costs.see"
    COSTS_CHANGE = "costs.change"
    STOCK_SEE = "stock.see"
    STOCK_CHANGE = "stock.change"
    ORDERS_SEE = "orders.see"
    ORDERS_PLACE = "orders.place"
    ORDERS_SHIP = "orders.ship"
    ORDERS_CLOSE = "orders.close"
    ORDERS_CHANGE = "orders.change"
    REFUNDS_MAKE = "refunds.make"
    PAYMENTS_SEE = "payments.see"
    PAYMENTS_CONFIRM = "payments.confirm"
    PAYMENTS_DECIDE = "payments.decide"
    BOOKS_SEE = "books.see"
    BOOKS_CLOSE = "books.close"
    MEMBERS_SEE = "members.see"
    MEMBERS_CONTACT = "members.contact"
    MEMBERS_BAN = "members.ban"
    MEMBERS_CLOSE = "members.close"
    MEMBERS_IMPORT = "members.import"
    TIERS_GRANT = "tiers.grant"
    POINTS_ADJUST = "points.adjust"
    WALLET_ADJUST = "wallet.adjust"
    WALLET_PAY_OUT = "wallet.pay_out"
    COUPONS_MANAGE = "coupons.manage"
    REVIEWS_SEE = "reviews.see"
    REVIEWS_DECIDE = "reviews.decide"
    APPROVALS_DECIDE = "approvals.decide"
    STAFF_SEE = "staff.see"
    STAFF_MANAGE = "staff.manage"
    KEYS_MANAGE = "keys.manage"
    REGIONS_CHANGE = "regions.change"
    NOTES_CHANGE = "notes.change"
    INSIGHT_SEE = "insight.see"
    AUDIT_SEE = "audit.see"
    OUTBOX_SEE = "outbox.see"
    OUTBOX_REPLAY = "outbox.replay"
    EVENTS_SEE = "events.see"
    WEBHOOKS_SEE = "webhooks.see"
    WEBHOOKS_MANAGE = "webhooks.manage"
    SETTINGS_SEE = "settings.see"
    SETTINGS_CHANGE = "settings.change"


ROLES_MAX: Final = 20
"""So many roles of the shop's own somebody holds at once."""


class Role(Enum):
    """What somebody of staff is; these stay as they are, beside those that a shop makes itself."""

    CLERK = "clerk"
    FINANCE = "finance"
    ADMIN = "admin"


_ANYBODY: Final = frozenset(
    {
        Permission.CATALOG_SEE, Permission.STOCK_SEE, Permission.ORDERS_SEE, Permission.PAYMENTS_SEE,
        Permission.MEMBERS_SEE,
    }
)  # fmt: skip
MAY: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.CLERK: _ANYBODY
    | {
        Permission.CATALOG_CHANGE, Permission.STOCK_CHANGE, Permission.ORDERS_SHIP, Permission.ORDERS_CLOSE,
        Permission.ORDERS_CHANGE, Permission.PAYMENTS_CONFIRM, Permission.MEMBERS_CONTACT, Permission.NOTES_CHANGE,
        Permission.REVIEWS_SEE, Permission.REVIEWS_DECIDE,
    },
    Role.FINANCE: _ANYBODY
    | {
        Permission.REFUNDS_MAKE, Permission.PAYMENTS_DECIDE, Permission.PRICES_CHANGE, Permission.AUDIT_SEE,
        Permission.INSIGHT_SEE, Permission.BOOKS_SEE, Permission.BOOKS_CLOSE, Permission.COSTS_SEE, Permission.COSTS_CHANGE,
        Permission.POINTS_ADJUST, Permission.WALLET_ADJUST, Permission.WALLET_PAY_OUT,
    },
    Role.ADMIN: frozenset(Permission),
}  # fmt: skip
"""The role table: what each role may do."""

NEEDS: Final[Mapping[Effect, Permission]] = {
    Effect.MONEY_BACK: Permission.REFUNDS_MAKE,
    Effect.MONEY_TAKEN: Permission.PAYMENTS_CONFIRM,
    Effect.MONEY_IN_DOUBT: Permission.PAYMENTS_DECIDE,
    Effect.POINTS: Permission.POINTS_ADJUST,
    Effect.WALLET: Permission.WALLET_ADJUST,
    Effect.PAID_OUT: Permission.WALLET_PAY_OUT,
    Effect.COUPONS: Permission.COUPONS_MANAGE,
    Effect.BOOKS: Permission.BOOKS_CLOSE,
    Effect.SELLING_PRICE: Permission.PRICES_CHANGE,
    Effect.COST: Permission.COSTS_CHANGE,
    Effect.GOODS: Permission.CATALOG_CHANGE,
    Effect.STOCK: Permission.STOCK_CHANGE,
    Effect.ORDER_PLACED: Permission.ORDERS_PLACE,
    Effect.ORDER_SHIPPED: Permission.ORDERS_SHIP,
    Effect.ORDER_CALLED_OFF: Permission.ORDERS_CLOSE,
    Effect.ORDER_CHANGED: Permission.ORDERS_CHANGE,
    Effect.PERSONAL_DATA: Permission.MEMBERS_CONTACT,
    Effect.MEMBERS_BARRED: Permission.MEMBERS_BAN,
    Effect.ACCOUNT_CLOSED: Permission.MEMBERS_CLOSE,
    Effect.MEMBERS_MOVED_IN: Permission.MEMBERS_IMPORT,
    Effect.TIERS: Permission.TIERS_GRANT,
    Effect.ROLES: Permission.STAFF_MANAGE,
    Effect.KEYS: Permission.KEYS_MANAGE,
    Effect.APPROVALS: Permission.APPROVALS_DECIDE,
    Effect.REGIONS: Permission.REGIONS_CHANGE,
    Effect.NOTES: Permission.NOTES_CHANGE,
    Effect.REVIEWS: Permission.REVIEWS_DECIDE,
    Effect.SETTINGS: Permission.SETTINGS_CHANGE,
    Effect.DELIVERIES: Permission.OUTBOX_REPLAY,
    Effect.WEBHOOKS: Permission.WEBHOOKS_MANAGE,
}
"""What staff must be allowed to bring something about: one permission an effect, whatever the door (R35)."""


def needed_for(effects: Effects) -> tuple[Permission, ...]:
    """What staff must be allowed for what surely comes about."""
    return tuple(NEEDS[effect] for effect in effects.sure)


def granted_to(permissions: Collection[Permission]) -> Granted:
    """What whoever has these permissions may bring about."""
    return frozenset(effect for effect, permission in NEEDS.items() if permission in permissions)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything these roles may do together."""
    return frozenset().union(*(MAY[role] for role in roles))


@frozen(kw_only=True)
class Staff:
    """Somebody who works here; without a role they may do nothing and cannot log in."""

    id: StaffId
    name: str = field(repr=False)
    roles: tuple[Role, ...]
    custom_roles: tuple[str, ...] = ()
    """Codes of roles that the shop made itself (ACC-R12)."""
    created_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.roles != in_order(self.roles) or self.custom_roles != tuple(sorted(set(self.custom_roles))):
            raise ValueError("roles are named once each, in their own order")
        if len(self.custom_roles) > ROLES_MAX:
            raise InvalidInput.of("custom_roles", "most", f"{ROLES_MAX} roles of the shop's own at most")
        if not 1 <= len(self.name) <= 50:
            raise ValueError("a name is one line of 1 to 50 characters")

    @property
    def is_active(self) -> bool:
        """Whether they may log in at all."""
        return bool(self.roles or self.custom_roles)

    @property
    def is_admin(self) -> bool:
        """Whether they may manage the staff."""
        return Role.ADMIN in self.roles

    @classmethod
    def added(  # noqa: PLR0913 - all that is told of somebody at once
        cls, *, id: StaffId, name: str, roles: Iterable[Role], custom: Iterable[str] = (), actor: Actor, at: datetime
    ) -> Change[Staff]:
        """Take somebody on."""
        staff = cls(
            id=id, name=one_line(name, 1, 50, "name"), roles=in_order(roles), custom_roles=tuple(sorted(set(custom))),
            created_at=at,
        )  # fmt: skip
        return Change(None, staff, (StaffAdded(at=at, staff_id=id, actor=actor, roles=staff.all_roles),))

    def grant(self, roles: Iterable[Role], custom: Iterable[str] = (), *, actor: Actor, at: datetime) -> Change[Staff]:
        """Give them these roles too."""
        return self._with(in_order((*self.roles, *roles)), {*self.custom_roles, *custom}, actor, at)

    def revoke(self, roles: Iterable[Role] | None, custom: Iterable[str] = (), *, actor: Actor, at: datetime) -> Change[Staff]:
        """Take these roles from them; None takes all, and they are out."""
        gone = set(self.roles if roles is None else roles)
        left = set() if roles is None else {*self.custom_roles} - {*custom}
        return self._with(tuple(role for role in self.roles if role not in gone), left, actor, at)

    @property
    def all_roles(self) -> tuple[str, ...]:
        """What their roles are called, those of the shop's own last."""
        return (*(role.value for role in self.roles), *self.custom_roles)

    def _with(self, roles: tuple[Role, ...], custom: Iterable[str], actor: Actor, at: datetime) -> Change[Staff]:
        changed = evolve(self, roles=roles, custom_roles=tuple(sorted(custom)))
        if changed == self:
            return Change(self, self)
        return Change(self, changed, (StaffRolesChanged(at=at, staff_id=self.id, actor=actor, roles=changed.all_roles),))


def in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    """These roles, each once, in the order of the enum."""
    wanted = set(roles)
    return tuple(role for role in Role if role in wanted)
