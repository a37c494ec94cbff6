"""The schema: one module a context, one metadata for migrations, statements and both databases (`whole`) (GEN-R10)."""
