"""What can be refused about settings."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal


@refusal
class SettingsNotTakenBack(DomainError):
    """Only a change that is planned, or the one that came into force last, can be taken back."""

    code = "settings.not_taken_back"
    kind = Kind.CONFLICT
    number: int


@refusal
class SettingsMayNotSet(DomainError):
    """Some of these settings change what buyers are asked, or what staff may give: that takes the permission to do the same."""

    code = "settings.may_not_set"
    kind = Kind.FORBIDDEN
    names: tuple[str, ...]
