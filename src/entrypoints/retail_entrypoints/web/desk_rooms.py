"""What stands around every page of the console: its rooms, each with the door by which it is entered (R35)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from attrs import frozen


@frozen
class DeskRoom:
    """A room as the menu shows it: its word, its mark, its address, and the handler that answers there."""

    name: str
    icon: str
    path: str
    door: str

    def holds(self, path: str) -> bool:
        """Whether a page lies in this room."""
        return path == self.path or (self.path != "/desk" and path.startswith(f"{self.path}/"))


_GROUPS: Final[tuple[tuple[str, tuple[DeskRoom, ...]], ...]] = (
    ("start", (DeskRoom("overview", "gauge", "/desk", "show_overview"),)),
    (
        "trade",
        (
            DeskRoom("orders", "receipt", "/desk/orders", "show_orders_at_desk"),
            DeskRoom("approvals", "two", "/desk/approvals", "show_approvals_at_desk"),
            DeskRoom("money", "wallet", "/desk/money", "show_refunds_at_desk"),
            DeskRoom("withdrawals", "wallet", "/desk/withdrawals", "show_withdrawals_at_desk"),
        ),
    ),
    (
        "goods",
        (
            DeskRoom("goods", "tag", "/desk/goods", "show_goods_at_desk"),
            DeskRoom("stock", "layers", "/desk/stock", "show_stock_at_desk"),
            DeskRoom("offers", "tag", "/desk/offers", "show_offers_at_desk"),
        ),
    ),
    (
        "people",
        (
            DeskRoom("members", "people", "/desk/members", "show_members_at_desk"),
            DeskRoom("reviews", "star", "/desk/reviews", "show_reviews_at_desk"),
            DeskRoom("coupons", "tag", "/desk/coupons", "show_coupons_at_desk"),
        ),
    ),
    (
        "shop",
        (
            DeskRoom("home", "home", "/desk/home", "show_home_at_desk"),
            DeskRoom("staff", "shield", "/desk/staff", "show_staff_at_desk"),
            DeskRoom("settings", "gear", "/desk/settings", "show_settings_at_desk"),
            DeskRoom("jobs", "layers", "/desk/jobs", "show_jobs_at_desk"),
            DeskRoom("trail", "scroll", "/desk/trail", "show_trail_at_desk"),
            DeskRoom("deliveries", "truck", "/desk/deliveries", "show_deliveries_at_desk"),
        ),
    ),
)


def rooms_for(may: Callable[[str], bool]) -> Sequence[tuple[str, Sequence[DeskRoom]]]:
    """The menu of somebody: groups, and in them the rooms that they would be let into; empty groups are left out."""
    open_to = ((group, tuple(room for room in rooms if may(room.door))) for group, rooms in _GROUPS)
    return [(group, rooms) for group, rooms in open_to if rooms]
