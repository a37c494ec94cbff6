"""What becomes of an order's money: paying, hearing of it, closing, giving back."""
