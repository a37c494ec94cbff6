"""How long and how much a server listens to those who have not said yet what they want (R37, decision 0024)."""

from typing import Final

from retail_domain.kernel.costs import CONNECTION, Whose

HEAD_SECONDS_MAX: Final = 15
"""So long a connection may take to bring the head of a request, or its next one."""
HEAD_BYTES_MAX: Final = 64 * 1024
"""So large a head may be."""
CONNECTIONS_MAX: Final = CONNECTION.at_once(Whose.ALL)
"""So many connections one process holds; more wait in the kernel's queue."""
