"""What is done without anybody asking: reactions, deadlines, clearing away."""
