"""Which picture of some goods a page, or a card of a page, may show."""

from __future__ import annotations

from collections.abc import Iterable

from retail_domain.pictures import CARD_WIDTH


def card_image(image: str | None) -> str | None:
    """The picture for a card that others show of a link: a JPEG where one is surely made, since not all read WebP (PIC-R5)."""
    if image is None:
        return None
    name, _, width = image.removesuffix(".webp").rpartition("-")
    return f"{name}-{CARD_WIDTH}.jpg" if width.isdigit() and int(width) >= CARD_WIDTH else image


def shown_image(images: Iterable[str | None]) -> str | None:
    """The first picture that lies in this shop: pages load nothing from anywhere else."""
    return next((image for image in images if image and image.startswith("/pictures/")), None)
