"""Robots of groups (群机器人) that staff read: 企业微信, 钉钉, 飞书."""

from __future__ import annotations

from retail_adapters.robots.robot import Robot, RobotKind, robot

__all__ = ("Robot", "RobotKind", "robot")
