"""What is refused when somebody wants to leave."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.personal import InTheWay


@refusal
class AccountInUse(DomainError):
    """Something has to be settled before this account can be closed."""

    code = "account.in_use"
    kind = Kind.REFUSED

    in_the_way: tuple[InTheWay, ...]
