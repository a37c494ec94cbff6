"""A client that a generator made of the description buys something (DOR-R2)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from scripts.clients import PACKAGE, buy_in_python, description_in, python_client
from tests.e2e.door import served
from tests.e2e.whole_shop import a_whole_shop, described, operations


@pytest.mark.slow
def test_a_generated_client_buys_something(tmp_path: Path) -> None:
    """DOR-R2: every operation but the notices of providers is in it, in few files; the action of a payment has a type."""
    shop = asyncio.run(a_whole_shop())
    told = asyncio.run(described(shop))
    python_client(description_in(tmp_path, shop), tmp_path)

    tags = {tag["name"] for tag in told["tags"]}
    # The generator knows no body that is a picture: it says so, and leaves those operations out.
    sends_pictures = [one for _, _, one in operations(told) if "image/jpeg" in one.get("requestBody", {}).get("content", {})]
    assert len(sends_pictures) == 2
    wanted = {
        operation["operationId"]
        for _, _, operation in operations(told)
        if not operation.get("x-internal") and operation not in sends_pictures
    }
    made = [*(tmp_path / PACKAGE).rglob("*.py")]
    assert wanted <= {path.stem for path in made}
    maps = json.dumps(told["components"]["schemas"]).count('"additionalProperties": {')  # a file each, as for a schema
    assert len(made) <= len([*operations(told)]) + len(told["components"]["schemas"]) + maps + len(tags) + 10

    with served(shop.app) as (host, port):
        bought = buy_in_python(tmp_path, f"http://{host}:{port}", shop.tokens["alice"])

    assert bought.pop("minor") > 0
    assert bought == {
        "paid_by": "pay_at_counter", "refused": "quote.not_found", "replayed": [None, "true"], "same_order": True,
    }  # fmt: skip
