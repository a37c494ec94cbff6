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
    PriceBelowFloor as PriceBelowFloor,
    ProductNotFound as ProductNotFound,
    PurchaseLimitReached as PurchaseLimitReached,
    SkuNotFound as SkuNotFound,
    SkuNotOnSale as SkuNotOnSale,
    StruckPriceUntrue as StruckPriceUntrue,
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
    Basis as Basis,
    Brand as Brand,
    Category as Category,
    ListBasis as ListBasis,
    Listing as Listing,
    Particulars as Particulars,
    PriceChange as PriceChange,
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
    PriceChanges as PriceChanges,
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
    SkuCost as SkuCost,
    SkuFacts as SkuFacts,
    SkuSheet as SkuSheet,
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
    SetSalesWindow as SetSalesWindow,
)
from retail_domain.catalog.use_cases.create_product import (
    CreateProduct as CreateProduct,
    ProductReceipt as ProductReceipt,
)
from retail_domain.catalog.use_cases.describe_sku import (
    BoundPrice as BoundPrice,
    CostSku as CostSku,
    LabelSku as LabelSku,
)
from retail_domain.catalog.words import Query as Query
