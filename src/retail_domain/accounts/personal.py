"""What accounts hold about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

_CONTACT: Final = ("recipient", "phone", "region_code", "region", "detail", "created_at")

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="account", table="members", whose="id", fate=Fate.EMPTIED, emptied={"phone": None, "name": None},
            told=("id", "phone", "name", "terms_version", "behaviour_consent", "created_at"),
        ),
        Holding(name="login", table="logins", whose="subject_id", told=("name",), fate=Fate.DELETED),
        Holding(
            name="sessions", table="sessions", whose="subject_id", told=("created_at", "expires_at"), fate=Fate.DELETED
        ),
        Holding(name="addresses", table="contacts", only={"kind": "address"}, told=_CONTACT, fate=Fate.DELETED),
        Holding(name="address_book", table="address_books", fate=Fate.DELETED),
        Holding(
            name="order_contacts", table="contacts", only={"kind": "order"}, told=("id", *_CONTACT), fate=Fate.OWN_STEP,
            why="whom an order went to is kept apart and masked for three years, as a record of trade",
        ),
        Holding(
            name="looks_and_deeds", table="audit_trail", whose="object", told=("action", "at"), fate=Fate.STAYS,
            why="what staff did stays answerable, and a trail with gaps proves nothing; rows name an id, and no more",
        ),
    )
)  # fmt: skip
