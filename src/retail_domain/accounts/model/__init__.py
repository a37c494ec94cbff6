"""Members, codes, sessions, staff and addresses."""
