"""Members see what the shop knows of them, and leave: the account is closed, and what it knew is erased step by step."""
