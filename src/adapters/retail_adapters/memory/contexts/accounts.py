"""Accounts in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.accounts import (
    MemoryAccountsQueries,
    MemoryAuditTrail,
    MemoryChallenges,
    MemoryLogins,
    MemoryMembers,
    MemorySessions,
    MemoryTrailSeals,
)
from retail_adapters.memory.addresses import MemoryAddressBooks, MemoryDeliveryContacts, MemoryRegions
from retail_adapters.memory.api_keys import MemoryApiKeys
from retail_adapters.memory.staff import MemoryCustomRoles, MemoryStaff
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.queries import AccountsQueries


class Collections(MemoryUnit):
    """People: members, staff, how they log in, and where they live."""

    members = collection(MemoryMembers)
    logins = collection(MemoryLogins)
    challenges = collection(MemoryChallenges)
    sessions = collection(MemorySessions)
    custom_roles = collection(MemoryCustomRoles)
    staff = collection(MemoryStaff)
    api_keys = collection(MemoryApiKeys)
    addresses = collection(MemoryAddressBooks)
    delivery_contacts = collection(MemoryDeliveryContacts)
    regions = collection(MemoryRegions)
    audit_trail = collection(MemoryAuditTrail)
    trail_seals = collection(MemoryTrailSeals)


MANIFEST: Final = Manifest[AccountsWork, AccountsQueries](Collections, MemoryAccountsQueries)
