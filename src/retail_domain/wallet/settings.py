"""What a shop may set about wallets while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from retail_domain.kernel.effects import Effect
from retail_domain.kernel.settings import InForce, Setting, WholeSetting

_MOST: Final = 1_000_000_000

CLERK_MOST: Final = WholeSetting(
    name="wallet.clerk_most", least=0, most=_MOST, unit="minor units",
    says="How much clerks, and others who may, give into a wallet or take at once, in minor units.",
    says_zh="店员及其他有权限者一次最多可增减的余额(最小货币单位)。",
    brings=Effect.WALLET,
)  # fmt: skip
FINANCE_MOST: Final = WholeSetting(
    name="wallet.finance_most", least=0, most=_MOST, unit="minor units",
    says="How much finance gives into a wallet or takes at once, in minor units.",
    says_zh="财务一次最多可增减的余额(最小货币单位)。",
    brings=Effect.WALLET,
)  # fmt: skip
ADMIN_MOST: Final = WholeSetting(
    name="wallet.admin_most", least=0, most=_MOST, unit="minor units",
    says="How much admins give into a wallet or take at once, in minor units.",
    says_zh="管理员一次最多可增减的余额(最小货币单位)。",
    brings=Effect.WALLET,
)  # fmt: skip
WITHDRAW_LEAST: Final = WholeSetting(
    name="wallet.withdraw_least", least=1, most=_MOST, unit="minor units",
    says="How much a withdrawal is of at least, in minor units.",
    says_zh="单次提现的最低金额(最小货币单位)。",
)  # fmt: skip
WITHDRAWALS_MOST: Final = WholeSetting(
    name="wallet.withdrawals_most", least=0, most=100, unit="withdrawals",
    says="How many withdrawals of a member wait at once; 0: nothing is paid out.",
    says_zh="每位会员同时可有的待处理提现数；0 表示不开放提现。",
)  # fmt: skip
SETTINGS: Final[tuple[Setting[Any], ...]] = (CLERK_MOST, FINANCE_MOST, ADMIN_MOST, WITHDRAW_LEAST, WITHDRAWALS_MOST)
USUAL: Final[Mapping[str, Any]] = {
    CLERK_MOST.name: 5_000,
    FINANCE_MOST.name: 50_000,
    ADMIN_MOST.name: 1_000_000,
    WITHDRAW_LEAST.name: 100,
    WITHDRAWALS_MOST.name: 3,
}
"""What each is worth as long as nobody sets it."""


@frozen
class WalletRules:
    """What is set of wallets at one moment."""

    in_force: InForce

    def _of(self, setting: Setting[Any]) -> int:
        return int(self.in_force.of(setting, USUAL[setting.name]))

    def most_of(self, role: str) -> int:
        """What somebody of that role gives or takes at once."""
        return self._of({"admin": ADMIN_MOST, "finance": FINANCE_MOST}.get(role, CLERK_MOST))

    @property
    def withdraw_least(self) -> int:
        """What a withdrawal is of at least."""
        return self._of(WITHDRAW_LEAST)

    @property
    def withdrawals_most(self) -> int:
        """How many of a member wait at once."""
        return self._of(WITHDRAWALS_MOST)
