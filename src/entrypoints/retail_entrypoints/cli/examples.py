"""What stands at the end of a command's help: how it is typed."""

from __future__ import annotations


def example(*typed: str) -> str:
    """An epilog with these lines after `retail`; they are not wrapped."""
    lines = "\n".join(f"  retail {line}" for line in typed)
    return f"\b\n{'Example' if len(typed) == 1 else 'Examples'}:\n{lines}"
