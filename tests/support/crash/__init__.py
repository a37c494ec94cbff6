"""Killing the shop: at every point of every command, and at random under load."""
