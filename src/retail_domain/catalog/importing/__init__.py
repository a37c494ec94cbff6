"""Reading a catalogue from rows of text: which column means what, what a row says, and what is wrong with it.

Nothing here opens a file or a store: rows come in, drafts and problems come out.
"""

from retail_domain.catalog.importing.command import ImportCatalogue, Progress
from retail_domain.catalog.importing.drafts import CategoryDraft, GoodsDraft, Reader, SkuDraft
from retail_domain.catalog.importing.mapping import ImportMapping
from retail_domain.catalog.importing.rows import CatalogueSource, ImportReport, Problems, Row, RowProblem

__all__ = [
    "CatalogueSource",
    "CategoryDraft",
    "GoodsDraft",
    "ImportCatalogue",
    "ImportMapping",
    "ImportReport",
    "Problems",
    "Progress",
    "Reader",
    "Row",
    "RowProblem",
    "SkuDraft",
]
