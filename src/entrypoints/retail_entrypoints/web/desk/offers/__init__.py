"""Offers at the console."""
