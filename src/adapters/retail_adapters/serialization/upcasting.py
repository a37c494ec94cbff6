"""Stored events of earlier versions, made into what the next version would have stored.

A version is raised only where a reader of the one before would be wrong about what is stored now: it is left alone by such
readers, whose releases wait with everything after it. A new field with a value that is right for what was stored before is
no new version: releases before leave it out when they read, and it has that value when they wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Body = Mapping[str, Any]
Upcaster = Callable[[Body], Body]
"""Makes a body of one version into one of the next; it never changes the one it is given."""
Upcasters = Mapping[tuple[str, int], Upcaster]
"""By name, and the version that is read."""

UPCASTERS: Final[Upcasters] = {}
"""Those of the shop's own events: so far none of them has had two versions."""
