"""From the cart to an order: what goods cost, and placing."""
