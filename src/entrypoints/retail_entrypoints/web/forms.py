"""What forms are made of: structs that are read off fields of text."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of a form; a field that is left empty is absent, one that nobody knows is not read."""


class NoFields(Form, frozen=True):
    """A button, and nothing to fill in."""


Quantity = Annotated[int, Meta(ge=1, le=9_999)]
Typed = Annotated[str, Meta(max_length=500)]
"""What somebody types: whether it will do is for the shop to say, where the form can be shown again."""
Told = Annotated[str, Meta(max_length=8_000)]
"""The same where there is more to say."""
Path = Annotated[str, Meta(max_length=500)]
Hash = Annotated[str, Meta(min_length=64, max_length=64)]
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)")]
