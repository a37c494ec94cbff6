"""What to do to a sound shop so that each law of catalog is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "CAT-R7": ("DELETE FROM {}sku_barcodes WHERE barcode = 'SHELF-7'", "id"),
    "CAT-R7-astray": ("UPDATE {}sku_barcodes SET barcode = 'SHELF-8' WHERE barcode = 'SHELF-7'", "barcode"),
    "CAT-R7-code": ("UPDATE {}skus SET code = '6901234567892' WHERE barcodes = '[]'", "code"),
    "ORD-I5": ("UPDATE {}purchase_counters SET taken = taken + 1", "member_id"),
    "ORD-I5-uncounted": ("DELETE FROM {}purchase_counters", "member_id"),
    "CAT-R6": ("UPDATE {}products SET sold = sold + 1", "id"),
}
