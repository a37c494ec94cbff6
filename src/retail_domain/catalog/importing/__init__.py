"""Reading a catalogue from rows of text: which column means what, what a row says, and what is wrong with it (CAT-R2).

Nothing here opens a file: rows come in, drafts and problems come out, and what is good is staged in a unit that is given.
"""

from retail_domain.catalog.importing.command import ImportCatalogue, Progress
from retail_domain.catalog.importing.drafts import CategoryDraft, GoodsDraft, Reader, SkuDraft
from retail_domain.catalog.importing.judging import Judgement
from retail_domain.catalog.importing.mapping import CellSource, ImportMapping
from retail_domain.catalog.importing.rows import CatalogueSource, ImportReport, Problems, Row, RowProblem
from retail_domain.catalog.importing.storing import NewGoods, Storing

__all__ = [
    "CatalogueSource",
    "CategoryDraft",
    "CellSource",
    "GoodsDraft",
    "ImportCatalogue",
    "ImportMapping",
    "ImportReport",
    "Judgement",
    "NewGoods",
    "Problems",
    "Progress",
    "Reader",
    "Row",
    "RowProblem",
    "SkuDraft",
    "Storing",
]
