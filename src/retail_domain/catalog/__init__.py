"""Catalogue (商品): goods and the kinds they come in, categories, brands, purchase limits, search and import."""

from retail_domain.catalog.errors import (
    BrandNotFound as BrandNotFound,
    CatalogueFlawed as CatalogueFlawed,
    CategoryLoop as CategoryLoop,
    CategoryNotFound as CategoryNotFound,
    CategoryTooDeep as CategoryTooDeep,
    CodeInUse as CodeInUse,
    MayNotPrice as MayNotPrice,
    NoPriceYet as NoPriceYet,
    NothingToSell as NothingToSell,
    ProductNotFound as ProductNotFound,
    PurchaseLimitReached as PurchaseLimitReached,
    SkuNotFound as SkuNotFound,
    SkuNotOnSale as SkuNotOnSale,
)
from retail_domain.catalog.events import (
    EVENTS as EVENTS,
    ProductCreated as ProductCreated,
    ProductEdited as ProductEdited,
    ProductPutOnSale as ProductPutOnSale,
    ProductTakenOffSale as ProductTakenOffSale,
    SkuAdded as SkuAdded,
    SkuEdited as SkuEdited,
    SkuRepriced as SkuRepriced,
)
from retail_domain.catalog.facade import Catalog as Catalog
from retail_domain.catalog.importing import (
    CatalogueSource as CatalogueSource,
    CellSource as CellSource,
    ImportCatalogue as ImportCatalogue,
    ImportMapping as ImportMapping,
    ImportReport as ImportReport,
    Row as Row,
    RowProblem as RowProblem,
)
from retail_domain.catalog.model import (
    Brand as Brand,
    Category as Category,
    Listing as Listing,
    Product as Product,
    ProductStatus as ProductStatus,
    PurchaseCounter as PurchaseCounter,
    PurchaseKey as PurchaseKey,
    Sku as Sku,
    SkuWish as SkuWish,
)
from retail_domain.catalog.ports import (
    Brands as Brands,
    CatalogWork as CatalogWork,
    Categories as Categories,
    Products as Products,
    PurchaseCounters as PurchaseCounters,
    Sales as Sales,
)
from retail_domain.catalog.queries import (
    BrandView as BrandView,
    CatalogReader as CatalogReader,
    CategoryView as CategoryView,
    ProductCard as ProductCard,
    ProductPage as ProductPage,
    ProductRating as ProductRating,
    ProductSearch as ProductSearch,
    SkuFacts as SkuFacts,
    SkuTerms as SkuTerms,
    SkuView as SkuView,
    Sort as Sort,
)
from retail_domain.catalog.use_cases.arrange_shelves import (
    BrandReceipt as BrandReceipt,
    CategoryReceipt as CategoryReceipt,
    CreateBrand as CreateBrand,
    CreateCategory as CreateCategory,
    MoveCategory as MoveCategory,
)
from retail_domain.catalog.use_cases.browse import PublicCatalogue as PublicCatalogue
from retail_domain.catalog.use_cases.change_product import (
    AddSku as AddSku,
    EditProduct as EditProduct,
    EditSku as EditSku,
    ProductState as ProductState,
    Repriced as Repriced,
    RepriceSku as RepriceSku,
    RepriceSkus as RepriceSkus,
    SetOnSale as SetOnSale,
)
from retail_domain.catalog.use_cases.create_product import (
    CreateProduct as CreateProduct,
    ProductReceipt as ProductReceipt,
)
from retail_domain.catalog.words import Query as Query
