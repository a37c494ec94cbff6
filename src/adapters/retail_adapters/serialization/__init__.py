"""Stored JSON: one cattrs converter, the codec of events, and the proof that what is written can be read."""

from retail_adapters.serialization.codec import EventCodec as EventCodec, converter as converter, kept as kept
from retail_adapters.serialization.kinds import (
    Unreadable as Unreadable,
    prove as prove,
    prove_answer as prove_answer,
    proven as proven,
)
