"""How a whole shop is put together: one module a context, `parts.py` for what they all need."""

from retail_adapters.extras import require

require("sqlalchemy", "cattrs")
