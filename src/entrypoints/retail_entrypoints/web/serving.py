"""The application of a server process that shows pages beside the API."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from retail_entrypoints.http.serving import Pages, Serving
from retail_entrypoints.logs import start_journal
from retail_entrypoints.settings import Settings


def application(environ: Mapping[str, str] | None = None) -> Any:
    """What granian and uvicorn are pointed at: `retail_entrypoints.web.serving:application`, a factory."""
    settings = Settings.from_environ(os.environ if environ is None else environ)
    start_journal(severity=settings.log_severity)
    return Serving(settings, pages_of(settings))


def pages_of(settings: Settings) -> Pages | None:
    """What makes the pages; where they are closed nothing of them is loaded."""
    if not settings.pages_open:
        return None
    from retail_entrypoints.web.app import create_pages

    return create_pages
