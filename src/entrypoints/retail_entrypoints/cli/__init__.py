"""The command line: `retail ...`."""

from retail_adapters.extras import require

require("click")
