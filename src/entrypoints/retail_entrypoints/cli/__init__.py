"""The command line: `retail ...`."""
