"""The HTTP door: `/v1`, JSON only; it translates requests into commands and answers into bodies."""

from retail_adapters.extras import require

require("litestar")
