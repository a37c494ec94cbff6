"""How a whole shop is put together: one module a context, `parts.py` for what they all need."""
