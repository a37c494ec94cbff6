"""Goods that an earlier release stored are found as today's are, and known by codes in one spelling (CAT-R5, R44)."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, strategies as st

from retail_adapters.sql.migrations import newest, upgrade
from retail_domain.catalog.words import searchable, terms_of
from retail_domain.kernel.reading import CODE

VERSIONS = Path(__file__).parents[2] / "src/adapters/retail_adapters/sql/migrations/versions"
BEFORE, BEFORE_THAT = "0006", "0005"
OLD = {
    UUID(int=1): ("P-1", "Apple iPhone15 Pro", [(UUID(int=11), "ＡＢ－１")]),
    UUID(int=2): ("Ｐ－２", "Café Levi's 刺绣", [(UUID(int=12), "AB-2"), (UUID(int=13), "ＡＢ－２")]),
    UUID(int=3): ("P-3", "一", [(UUID(int=14), "\u200b")]),
}
PRODUCT = """INSERT INTO retail.products (id, code, title, subtitle, description, images, unit, status, price_minor,
title_words, words, version, sold) VALUES ({0}, {1}, {2}, '', '', '[]', 'x', 'on_sale', 1, {3}, {3}, 1, 0)"""
SKU = """INSERT INTO retail.skus (id, product_id, place, code, options, price_minor, price_version, weight_grams,
volume_cm3, on_sale) VALUES ({0}, {1}, {2}, {3}, '[]', 1, 1, 0, 0, {4})"""
TERM = "INSERT INTO retail.product_terms (term, product_id) VALUES ({0}, {1})"


def the_newest_copy() -> Any:
    """The migration that last derived words: it has a copy of the rules as they were."""
    file = max(file for file in VERSIONS.glob("*.py") if "def searchable" in file.read_text())
    spec = spec_from_file_location("migration_of_words", file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COPY = the_newest_copy()


@given(st.lists(st.text(max_size=60), max_size=3))
def test_whoever_changes_the_words_derives_what_is_stored_anew(texts: list[str]) -> None:
    """R44: the code and the newest migration say the same; if they differ, write a migration."""
    assert COPY.searchable(*texts) == searchable(*texts)
    assert COPY.terms_of(searchable(*texts)) == terms_of(searchable(*texts))
    for text in texts:
        if CODE.spelled(text) and not any(CODE.flaws(CODE.spelled(text), 60)):
            assert COPY.spelled_code(text) == CODE.spelled(text)


def expected() -> dict[UUID, tuple[str, str, str, set[str], list[str]]]:
    """Code, words of the title, words, terms and SKU codes as they are afterwards; a spelling that is taken is left."""
    codes = {UUID(int=1): ["AB-1"], UUID(int=2): ["AB-2", "ＡＢ－２"], UUID(int=3): ["\u200b"]}
    found = {}
    for id, (code, title, _) in OLD.items():
        words = searchable(title, "", CODE.spelled(code), *codes[id])
        found[id] = (CODE.spelled(code), searchable(title), words, set(terms_of(words)), codes[id])
    return found


def test_in_a_file_of_sqlite(tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path / 'shop.db'}", tmp_path / "shop.db"
    upgrade(url, to=BEFORE_THAT)
    with closing(sqlite3.connect(path)) as connection, connection:

        def run(statement: str, *values: Any) -> None:
            asked = statement.replace("retail.", "retail_").format(*(f"?{at}" for at in range(1, len(values) + 1)))
            connection.execute(asked, [one.bytes if isinstance(one, UUID) else one for one in values])

        for id, (code, title, skus) in OLD.items():
            run(PRODUCT, id, code, title, f" {title.casefold()}")
            for term in COPY.terms_of(f" {title.casefold()}"):
                run(TERM, term.encode(), id)
            for place, (sku_id, sku_code) in enumerate(skus):
                run(SKU, sku_id, id, place, sku_code, 1)

    upgrade(url, to=BEFORE)

    with closing(sqlite3.connect(path)) as connection:

        def rows(statement: str) -> list[Any]:
            return connection.execute(statement).fetchall()

        terms = rows("SELECT term, product_id FROM retail_product_terms")
        found = {
            UUID(bytes=id): (
                code, title_words, words, {term.decode() for term, owner in terms if owner == id},
                [one for one, owner in rows("SELECT code, product_id FROM retail_skus ORDER BY place") if owner == id],
            )
            for id, code, title_words, words in rows("SELECT id, code, title_words, words FROM retail_products")
        }  # fmt: skip
    assert found == expected()
    upgrade(url)
    assert newest() >= BEFORE


async def _in_postgres(url: str, before: bool) -> Any:
    connection = await asyncpg.connect(url)
    try:
        if before:
            for id, (code, title, skus) in OLD.items():
                await connection.execute(PRODUCT.format("$1", "$2", "$3", "$4"), id, code, title, f" {title.casefold()}")
                for term in COPY.terms_of(f" {title.casefold()}"):
                    await connection.execute(TERM.format("$1", "$2"), term.encode(), id)
                for place, (sku_id, sku_code) in enumerate(skus):
                    await connection.execute(SKU.format("$1", "$2", "$3", "$4", "$5"), sku_id, id, place, sku_code, True)
            return None
        found = {}
        for row in await connection.fetch("SELECT id, code, title_words, words FROM retail.products"):
            terms = await connection.fetch("SELECT term FROM retail.product_terms WHERE product_id = $1", row["id"])
            codes = await connection.fetch("SELECT code FROM retail.skus WHERE product_id = $1 ORDER BY place", row["id"])
            found[UUID(row["id"].hex)] = (
                row["code"], row["title_words"], row["words"], {one["term"].decode() for one in terms},
                [one["code"] for one in codes],
            )  # fmt: skip
        return found
    finally:
        await connection.close()


@pytest.mark.postgres
def test_in_postgres(empty_postgres_url: str) -> None:
    upgrade(empty_postgres_url, to=BEFORE_THAT)
    asyncio.run(_in_postgres(empty_postgres_url, before=True))
    upgrade(empty_postgres_url, to=BEFORE)

    assert asyncio.run(_in_postgres(empty_postgres_url, before=False)) == expected()
