"""What use cases remember under a key that is not what they answer: proven to be readable when the shop is imported.

All others are proven by what they say that they answer, when they are put together (`Parts.unit`).
"""

from __future__ import annotations

from typing import Final

from retail_adapters.serialization import prove
from retail_domain.accounts.use_cases.send_code import CodeSent
from retail_domain.processes.money.settlement import PaymentChosen
from retail_domain.processes.purchase.checkout import Placed
from retail_domain.processes.purchase.quoting import QuoteGiven
from retail_domain.processes.staff.moving_in import MembersMovedIn

REMEMBERED: Final = (CodeSent, MembersMovedIn, PaymentChosen, Placed, QuoteGiven)

for kind in REMEMBERED:
    prove(kind)
