"""Who listens where: a port that is taken is not shared."""

from __future__ import annotations

import socket

import click


def require_free(host: str, port: int, choice: str = "--port") -> None:
    """Refuse a port on which somebody listens already: the kernel would let two shops answer in turns (R47)."""
    if is_open(reachable(host), port):
        raise click.ClickException(f"port {port} is in use; choose another one with {choice}")


def is_open(host: str, port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        try:
            return probe.connect_ex((host, port)) == 0
        except OSError:  # no such host: the server itself says so
            return False


def reachable(host: str) -> str:
    """Where to look for who listens on that address."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - not bound to, only looked at
