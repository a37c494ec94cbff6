"""Accounts in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.accounts import SqlAccountsQueries
from retail_adapters.sql.repositories.accounts import (
    SqlAuditTrail,
    SqlChallenges,
    SqlLogins,
    SqlMembers,
    SqlSessions,
    SqlTrailSeals,
)
from retail_adapters.sql.repositories.addresses import SqlAddressBooks, SqlDeliveryContacts, SqlRegions
from retail_adapters.sql.repositories.api_keys import SqlApiKeys
from retail_adapters.sql.repositories.staff import SqlCustomRoles, SqlStaff
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.queries import AccountsQueries


class Collections(SqlUnit):
    """People: members, staff, how they log in, and where they live."""

    members = collection(SqlMembers)
    logins = collection(SqlLogins)
    challenges = collection(SqlChallenges)
    sessions = collection(SqlSessions)
    custom_roles = collection(SqlCustomRoles)
    staff = collection(SqlStaff)
    api_keys = collection(SqlApiKeys)
    addresses = collection(SqlAddressBooks)
    delivery_contacts = collection(SqlDeliveryContacts)
    regions = collection(SqlRegions)
    audit_trail = collection(SqlAuditTrail)
    trail_seals = collection(SqlTrailSeals)


MANIFEST: Final = Manifest[AccountsWork, AccountsQueries](Collections, SqlAccountsQueries)
