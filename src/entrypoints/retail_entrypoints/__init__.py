"""The doors: HTTP, the command line, the worker, and simulated providers."""
