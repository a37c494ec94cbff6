"""What becomes of an order's goods: leaving, arriving, going elsewhere, being counted in."""
