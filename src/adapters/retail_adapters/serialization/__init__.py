"""Stored JSON: one cattrs converter, and the codec of events."""

from retail_adapters.serialization.codec import EventCodec as EventCodec, converter as converter
