"""Pictures outside the shop: where their bytes lie, and who decodes them."""

from retail_adapters.pictures.folder import FolderFiles as FolderFiles
from retail_adapters.pictures.memory import MemoryFiles as MemoryFiles
from retail_adapters.pictures.preparing import PrepareInChild as PrepareInChild
