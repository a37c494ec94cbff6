"""Where `retail` begins: without the extra `cli`, it says so instead of breaking (DOR-R3)."""

from __future__ import annotations

import sys

from retail_adapters.extras import advice_for


def main() -> None:
    """Run the command line. Exit code 1 and one line where it is not installed."""
    try:
        from retail_entrypoints.cli.main import main as run
    except ImportError as missing:
        told = advice_for(missing)
        if told is None:
            raise
        sys.exit(f"retail: {told}")
    run()


if __name__ == "__main__":
    main()
