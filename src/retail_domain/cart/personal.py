"""What carts hold about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="cart_lines", table="cart_lines", whose="cart_id", through="carts", told=("sku_id", "quantity"),
            fate=Fate.DELETED,
        ),
        Holding(name="carts", table="carts", told=("changed_at",), fate=Fate.DELETED),
    )
)  # fmt: skip
