"""The shop, a room for each family of pages."""
