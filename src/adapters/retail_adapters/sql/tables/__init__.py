"""Core tables, one module per context (rulings 27)."""
