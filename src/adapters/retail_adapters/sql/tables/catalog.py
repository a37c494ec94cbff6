"""Goods, their kinds, the words they are found by, categories, brands, and counters behind purchase limits."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, text

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Day, Doc, Flag, Id, Instant, Price, Raw, Whole, Words
from retail_domain.catalog.model import ListBasis, ProductStatus
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank

categories = table(
    "categories",
    needed("id", Id, primary_key=True),
    needed("code", Words, unique=True),
    needed("name", Words),
    needed("path", Words),  # "/id of the root/.../own id/" in hex: below a category is where its id stands in the path
    needed("depth", Whole),
    needed("place", Whole),
    needed("version", Whole),
    CheckConstraint("depth BETWEEN 1 AND 5", name="depth"),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "1 a category", 190),
)

brands = table(
    "brands",
    needed("id", Id, primary_key=True),
    needed("name", Words, unique=True),
    needed("version", Whole),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "1 a brand", 160),
)

products = table(
    "products",
    needed("id", Id, primary_key=True),
    needed("code", Words, unique=True),
    needed("title", Words),
    needed("subtitle", Words),
    needed("description", Words),
    Column("category_id", Id, ForeignKey("retail.categories.id")),
    Column("brand_id", Id, ForeignKey("retail.brands.id")),
    needed("images", Doc),
    needed("unit", Words),
    Column("freight_template_id", Id),
    Column("purchase_limit", Whole),
    Column("sale_from", Instant),
    Column("sale_until", Instant),
    needed("parameters", Doc, server_default=text("'[]'")),
    Column("arrived_at", Instant),
    needed("status", Choice(ProductStatus)),
    needed("price_minor", Whole),  # of the cheapest kind for sale, for sorting
    needed("title_words", Words),
    needed("words", Words),
    needed("version", Whole),
    needed("sold", Whole),
    CheckConstraint("purchase_limit IS NULL OR purchase_limit >= 1", name="purchase_limit"),
    CheckConstraint("sale_from IS NULL OR sale_until IS NULL OR sale_from < sale_until", name="window"),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "1 a product", 940),
)
Index(None, products.c.category_id)
Index(None, products.c.brand_id)
Index(None, products.c.price_minor, products.c.id)
Index(None, products.c.sold, products.c.id)

skus = table(
    "skus",
    needed("id", Id, primary_key=True),
    needed("product_id", Id, ForeignKey("retail.products.id")),
    needed("place", Whole),
    needed("code", Words, unique=True),
    needed("options", Doc),
    needed("price_minor", Price),
    needed("price_version", Whole),
    Column("list_price_minor", Whole),
    needed("weight_grams", Whole),
    needed("volume_cm3", Whole),
    Column("image", Words),
    needed("on_sale", Flag),
    needed("barcodes", Doc, server_default=text("'[]'")),
    Column("tax_code", Words),
    Column("tax_rate_bp", Whole),
    Column("cost_minor", Whole),
    Column("floor_minor", Whole),
    Column("member_price_minor", Whole),
    Column("basis", Choice(ListBasis)),
    Column("basis_since", Day),
    CheckConstraint("price_minor >= 1 AND price_version >= 1", name="price"),
    CheckConstraint("weight_grams >= 0 AND volume_cm3 >= 0", name="size"),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "1 a SKU", 370),
)
Index(None, skus.c.product_id, skus.c.place)

# What barcodes are found by; which kind has which, in what order, stands with the kind.
sku_barcodes = table(
    "sku_barcodes",
    needed("barcode", Words, primary_key=True),  # numbers of trade with as many noughts before them as make 14 digits
    needed("sku_id", Id, ForeignKey("retail.skus.id")),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "1 a barcode", 150, kept="as long as the kind has it", goes="with the decision"),
)
Index(None, sku_barcodes.c.sku_id)

price_changes = table(
    "price_changes",
    needed("sku_id", Id, ForeignKey("retail.skus.id")),
    needed("price_version", Whole),
    needed("product_id", Id),
    needed("at", Instant),
    Column("before_minor", Whole),
    needed("price_minor", Whole),
    needed("actor_kind", Choice(ActorKind)),
    needed("actor_ref", Words),
    needed("reason", Words),
    PrimaryKeyConstraint("sku_id", "price_version"),
    CheckConstraint("price_minor >= 1 AND price_version >= 1", name="price"),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "1 a price that is set", 210),
)

# What was sold and not added up yet: rows that are only added, so that orders of one best seller wait for nobody's lock. They
# refer to no product, since the check of that would lock its row.
product_sales = table(
    "product_sales",
    needed("id", Id, primary_key=True),
    needed("product_id", Id),
    needed("units", Whole),  # below nothing: came back
    owner=SHOP,
    grows=Growth(
        With.SALES,
        "1 a product of an order that was paid, or of a refund",
        90,
        kept="until the worker's next round",
        goes="portions of 1,000, added to the figures of goods",
        read_by="audit",
    ),
)

# Terms are bytes (UTF-8), so that both databases compare them alike and a prefix is a range of the index.
product_terms = table(
    "product_terms",
    needed("term", Raw),
    needed("product_id", Id, ForeignKey("retail.products.id")),
    PrimaryKeyConstraint("term", "product_id"),
    owner=SHOP,
    grows=Growth(With.CATALOGUE, "5 to 30 a product", 180, kept="as long as the product says so", goes="with the decision"),
)

purchase_counters = table(
    "purchase_counters",
    needed("member_id", Id),
    needed("product_id", Id),
    needed("taken", Whole),
    needed("ceiling", Whole),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "product_id"),
    CheckConstraint("taken >= 0 AND taken <= ceiling", name="taken"),
    owner="member_id",
    rank=Rank.LIMIT,
    grows=Growth(
        With.SALES,
        "1 a member and product with a limit",
        150,
        read_by="audit",
        stays="a limit counts what somebody has ever bought",
    ),
)

PAGE_TABLES = frozenset({categories, brands, products, skus})
"""What the pages of the shop window are made of, besides figures that may be a second old (DOR-R6)."""
FIGURES = frozenset({products.c.sold.name})
"""Columns of theirs that are such figures."""
