"""Passwords hashed as the shop hashes them, but cheaply: most tests are about something else."""

from __future__ import annotations

from functools import cached_property

from argon2 import PasswordHasher, Type

from retail_adapters.system.passwords import Argon2Passwords


class CheapPasswords(Argon2Passwords):
    """The same turns, threads and answers; each hash takes a fraction of a millisecond in place of tens of them."""

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
