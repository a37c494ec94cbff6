"""What must always hold of what is stored (R43): laws of each context that has some, in a module of its name."""
