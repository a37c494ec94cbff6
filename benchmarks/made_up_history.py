"""A made-up order history in the columns of `replay.py`, the same for the same seed, where no real one is at hand."""

from __future__ import annotations

import csv
import gzip
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

COLUMNS: Final = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
COUNTRIES: Final = ("United Kingdom", "France", "Germany", "EIRE")


def write_history(path: Path, *, invoices: int, seed: int = 1) -> None:
    """Write that many invoices: about one in twenty gives back units of an earlier one, prices wander, some lines are odd."""
    luck = random.Random(seed)
    goods = {f"{20_000 + number}": luck.randint(29, 1_995) for number in range(200)}
    bought: list[tuple[str, str, int, int, str]] = []
    at = datetime(2010, 12, 1, 8, 26)
    with gzip.open(path, "wt", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream)
        lines.writerow(COLUMNS)
        for number in range(536_365, 536_365 + invoices):
            at += timedelta(minutes=luck.randint(1, 90))
            if bought and luck.random() < 0.05:
                code, customer, quantity, price, country = luck.choice(bought)
                given_back = -luck.randint(1, quantity)
                lines.writerow((f"C{number}", code, f"GOODS {code}", given_back, at, _pounds(price), customer, country))
                continue
            customer = str(luck.randint(12_346, 12_600)) if luck.random() < 0.8 else ""
            country = luck.choice(COUNTRIES)
            for code in luck.sample(sorted(goods), luck.randint(1, 30)):
                if luck.random() < 0.02:
                    goods[code] += luck.choice((-5, 5, 10))
                quantity, price = luck.randint(1, 24), goods[code]
                lines.writerow((number, code, f"GOODS {code}", quantity, at, _pounds(price), customer, country))
                if customer:
                    bought.append((code, customer, quantity, price, country))
            if luck.random() < 0.02:
                lines.writerow((number, "B", "Adjust bad debt", 1, at, "-11.62", customer, country))


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02}"
