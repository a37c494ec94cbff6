"""What memory keeps of each context: one module a context, one line a collection."""
