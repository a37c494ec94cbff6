"""A payment provider of its own, for development and tests: signed calls, signed notices, misbehaviour on request."""

from __future__ import annotations

from retail_entrypoints.simulators.sandbox.app import create_app
from retail_entrypoints.simulators.sandbox.server import run
from retail_entrypoints.simulators.sandbox.settings import Settings, WrongSettings, read_settings

__all__ = ("run", "create_app", "Settings", "WrongSettings", "read_settings")
