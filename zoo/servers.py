"""Beasts of the wire: servers that only read or fall silent, rules known by another name, deletes without end."""

from __future__ import annotations

from zoo.beast import CONTRACT, INTEGRATION, SQL, UNIT, Beast, Patch

_POSTGRES = f"{SQL}/postgres.py"
_MEANINGS = f"{SQL}/meanings.py"
_CHANGING = f"{INTEGRATION}/test_servers_change.py"
_POOLERS = f"{INTEGRATION}/test_poolers.py"
_LOCKS = f"{INTEGRATION}/test_locks_that_never_come.py"
_MEAN = f"{UNIT}/test_what_errors_mean.py"

BEASTS = (
    Beast(
        name="stand-by-kept-in-the-pool",
        says="a connection that led to a server that only reads goes back to the pool, and all writes are refused for good",
        origin="R31: met when a name pointed to a stand-by for two seconds",
        patches=(Patch(_POSTGRES, "        if is_read_only(error):", "        if is_read_only(error) and not self.connection:"),),
        catchers=(_CHANGING,),
    ),
    Beast(
        name="silent-connection-given-back",
        says="a connection whose statement timed out is given back, which waits for it and raises over what was said",
        origin="R31: met with a server that was frozen",
        patches=(
            Patch(_POSTGRES, "        elif is_lost(error):", "        elif is_lost(error) and not self.connection:"),
            Patch(_POSTGRES, "        except (*LOST, asyncpg.PostgresError):  # what is told", "        except ZeroDivisionError:  # what is told"),
        ),
        catchers=(_CHANGING,),
    ),
    Beast(
        name="never-works-is-busy",
        says="whatever PostgreSQL does not support is taken for a plan that a migration made old, and tried again for ever",
        origin="R31: met on a sharded database",
        patches=(Patch(_MEANINGS, "state == _NOT_SUPPORTED and _is_old_plan(told)", "state == _NOT_SUPPORTED"),),
        catchers=(_MEAN, f"{CONTRACT}/test_sql_seam.py"),
    ),
    Beast(
        name="old-plan-is-a-bug",
        says="a statement that a migration made old is not run again",
        origin="R31, R44",
        patches=(Patch(_MEANINGS, " or (state == _NOT_SUPPORTED and _is_old_plan(told))", ""),),
        catchers=(_MEAN, f"{CONTRACT}/test_sql_seam.py"),
    ),
    Beast(
        name="rules-of-parts-unknown",
        says="a rule is known by the name of its constraint only, and a part of a table has other names",
        origin="R31: met on a partitioned database, where rivals were shown the constraint",
        patches=(Patch(_MEANINGS, 'part == name or part.startswith(f"{name}_")', "part == name"),),
        catchers=(_MEAN, f"{CONTRACT}/test_sql_seam.py"),
    ),
    Beast(
        name="first-host-only",
        says="of several hosts only the first is tried",
        origin="R31",
        patches=(Patch(f"{SQL}/servers.py", "                refused = error\n                continue", "                raise error"),),
        catchers=(_CHANGING,),
    ),
    Beast(
        name="sessions-kept-through-a-pooler",
        says="statements are kept in sessions that a pooler gives to somebody else",
        origin="R31: met with PgBouncer pooling transactions",
        patches=(Patch(f"{SQL}/pool.py", "**(kept if keeps_sessions else", "**(kept if url else"),),
        catchers=(_POOLERS,),
    ),
    Beast(
        name="statements-called-alike",
        says="kept statements have the same names in every process, and one carries out what another one prepared",
        origin="R47",
        patches=(Patch(f"{SQL}/pool.py", '_get_unique_id(prefix)}{self._mark}"', '_get_unique_id(prefix)}"'),),
        catchers=(_POOLERS,),
    ),
    Beast(
        name="locks-waited-for-without-end",
        says="nothing ends a wait for a lock, and a few who wait have all connections",
        origin="R46: met with one row locked for twenty seconds",
        patches=(Patch(f"{SQL}/pool.py", "SET lock_timeout = {each_ms}", "SET lock_timeout = 0"),),
        catchers=(_POOLERS, _LOCKS),
    ),
    Beast(
        name="locked-out-a-dozen-times",
        says="a lock that was waited for in vain is tried again as any lost race",
        origin="R46",
        patches=(Patch("src/adapters/retail_adapters/system/retry.py", "race.reason == LOCK_TIMEOUT", "not race.reason"),),
        catchers=(f"{UNIT}/test_lost_races_run_again.py",),
    ),
    Beast(
        name="forgotten-deliveries-still-owed",
        says="deliveries go and their events count them for ever: the audit misses them",
        origin="R25, R40",
        patches=(Patch(f"{SQL}/repositories/deliveries.py", "await tx.changed(_WRITTEN_OFF, ids=over)", "assert gone"),),
        catchers=(f"{INTEGRATION}/test_sweeps.py",),
    ),
    Beast(
        name="sweep-without-end",
        says="all that expired goes in one statement",
        origin="R40",
        patches=(Patch(f"{SQL}/portions.py", '.order_by(ended).limit(bindparam("most"))', ".order_by(ended)"),),
        catchers=(f"{CONTRACT}/test_account_stores.py", "tests/architecture/test_statements.py"),
    ),
    Beast(
        name="swept-though-begun-anew",
        says="a counter that was begun anew while the sweep waited for it is deleted all the same",
        origin="R36, R40",
        patches=(Patch(f"{SQL}/portions.py", "key.in_(first), before)", "key.in_(first))"),),
        catchers=(f"{INTEGRATION}/test_sweeps.py",),
    ),
    Beast(
        name="update-sets-the-owner",
        says="an update writes back whose row it is",
        origin="R16: refused by a sharded database even with the same value",
        patches=(Patch(f"{SQL}/writes.py", "if c.name not in (*key, *fixed)), key, guard)", "if c.name not in key), key, guard)"),),
        catchers=("tests/architecture/test_statements.py",),
    ),
)  # fmt: skip
"""Each must be caught."""
