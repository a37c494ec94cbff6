"""`python -m retail_entrypoints.simulators.sandbox --port N`: the same as `retail simulator sandbox`."""

from __future__ import annotations

import argparse

from retail_entrypoints.simulators.sandbox import WrongSettings, run


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description="A payment provider for development and tests.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--store", help="a SQLite file; without it everything is forgotten at the end")
    asked = parser.parse_args()
    try:
        run(asked.port, asked.host, asked.store)
    except (WrongSettings, OSError) as no:
        raise SystemExit(f"sandbox simulator: {no}") from None


if __name__ == "__main__":
    main()
