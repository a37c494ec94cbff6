"""What is not installed is said with the extra that brings it: each extra stands alone (GEN-R21)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

BRINGS: Final[Mapping[str, str]] = {
    "sqlalchemy": "sql", "asyncpg": "sql", "alembic": "sql", "cattrs": "sql", "msgspec": "sql", "cryptography": "sql",
    "argon2": "sql", "phonenumbers": "sql", "zxcvbn": "sql", "tzdata": "sql", "litestar": "http",
    "granian": "http", "uvicorn": "http", "uvloop": "http", "httpx2": "http", "httpcore2": "http",
    "dependency_injector": "http", "PIL": "pictures", "jinja2": "web", "segno": "web", "click": "cli", "hypothesis": "testing",
    "pytest": "testing", "pytest_asyncio": "testing",
}  # fmt: skip
"""Module -> the smallest extra that brings it."""


class NotInstalled(ImportError):
    """A part of the project was asked for whose extra is not installed; the message is the command that helps."""


def require(*modules: str) -> None:
    """Raises NotInstalled unless these can be imported. For packages: before the first of their modules is loaded."""
    for module in modules:
        if find_spec(module) is None:
            raise NotInstalled(advice(module), name=module)


def advice(module: str) -> str:
    """What to do where a module is missing."""
    return f'{module} is not installed; the extra `{BRINGS[module]}` brings it: pip install "retail-domain[{BRINGS[module]}]"'


def advice_for(error: ImportError) -> str | None:
    """The same for what an import broke with; None where that is none of ours."""
    module = (error.name or "").partition(".")[0]
    return advice(module) if module in BRINGS else None
