"""What a database keeps of each context: one module a context, one line a collection."""
