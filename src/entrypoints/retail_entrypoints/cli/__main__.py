"""`python -m retail_entrypoints.cli`: the same as `retail`."""

from __future__ import annotations

from retail_entrypoints.cli.main import main

if __name__ == "__main__":
    main()
