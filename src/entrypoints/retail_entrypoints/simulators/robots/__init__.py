"""Robots of groups (群机器人) in their providers' own formats, for development and tests: 企业微信, 钉钉, 飞书."""

from __future__ import annotations

from retail_entrypoints.simulators.robots.app import RobotApp
from retail_entrypoints.simulators.robots.rules import KEY, SECRET
from retail_entrypoints.simulators.robots.server import run

__all__ = ("KEY", "SECRET", "RobotApp", "run")
