"""Run-time settings (系统设置): what admins change while the shop runs, from a moment on, and one step back.

A context that has settings lists them in `SETTINGS`. `every_setting()` finds them, and `Declared` knows their usual values.
"""

from typing import Any, Final

from retail_domain.kernel.events import Event
from retail_domain.kernel.settings import Setting
from retail_domain.settings.errors import (
    SettingsMayNotSet as SettingsMayNotSet,
    SettingsNotTakenBack as SettingsNotTakenBack,
)
from retail_domain.settings.home import (
    BLOCKS_MAX as BLOCKS_MAX,
    HOME as HOME,
    USUAL_HOME as USUAL_HOME,
    Block as Block,
    BlockAudience as BlockAudience,
    BlockKind as BlockKind,
    HomePage as HomePage,
    told_block as told_block,
)
from retail_domain.settings.model import (
    NO_CHANGES as NO_CHANGES,
    Declared as Declared,
    SettingsChange as SettingsChange,
    Timetable as Timetable,
)
from retail_domain.settings.ports import SettingsBook as SettingsBook, SettingsWork as SettingsWork
from retail_domain.settings.shop import FRONT, ShopFront as ShopFront
from retail_domain.settings.use_cases import (
    ChangeSettings as ChangeSettings,
    PlannedValue as PlannedValue,
    SettingsChanged as SettingsChanged,
    SettingsDesk as SettingsDesk,
    SettingsView as SettingsView,
    SettingView as SettingView,
    TakeSettingsBack as TakeSettingsBack,
)

SETTINGS: Final[tuple[Setting[Any], ...]] = (*FRONT, HOME)
EVENTS: Final[tuple[type[Event], ...]] = ()
