"""The core of a new-retail shop with social commerce (新零售社交电商)."""
