"""Beasts between releases: upgrades that stop the shop, rows nobody owns, events nobody can read any more."""

from __future__ import annotations

from zoo.beast import INTEGRATION, PROPERTY, REPOSITORIES, SQL, UNIT, Beast, Patch

_RUN = f"{SQL}/migrations/run.py"
_FILL = f"{SQL}/migrations/versions/0003_lines_are_keyed_by_number.py"
_CODEC = "src/adapters/retail_adapters/serialization/codec.py"
_KEPT = (
    f"{PROPERTY}/test_kept_json_round_trips.py::test_an_answer_that_could_not_be_read_is_refused_when_the_shop_is_put_together"
)
_MIGRATIONS = f"{INTEGRATION}/test_migrations.py"
_UPGRADE = f"{INTEGRATION}/test_upgrade.py"
_TABLES = "tests/architecture/test_the_tables_keep_the_way_open.py"

BEASTS = (
    Beast(
        name="migration-that-waits-in-front",
        says="a change of the schema waits for its lock as long as it takes, and everybody who sells waits behind it",
        origin="R44: one report that reads for an hour closes the shop for an hour",
        patches=(Patch(_RUN, "SET LOCAL lock_timeout = {int(way.pace.patience * 1_000)}", "SET LOCAL lock_timeout = 0"),),
        catchers=(f"{_MIGRATIONS}::test_a_change_of_the_schema_lets_those_through_who_wait_behind_it",),
    ),
    Beast(
        name="migration-half-committed",
        says="SQLite commits each change of the schema by itself, so a migration that fails leaves half of it behind",
        origin="R44: how the driver behaves when it is left alone",
        patches=(Patch(_RUN, "    event.listen(engine, \"begin\", lambda connection: connection.exec_driver_sql(begin))\n", ""),),
        catchers=(f"{_MIGRATIONS}::test_a_migration_that_fails_halfway_leaves_the_file_as_it_was",),
    ),
    Beast(
        name="references-nobody-looks-at",
        says="a table that is built anew loses rows that others refer to, and nothing notices",
        origin="R44: SQLite looks at references only while they are switched on",
        patches=(Patch(_RUN, "\"PRAGMA foreign_key_check\"", "\"SELECT 1 WHERE 0\""),),
        catchers=(f"{_MIGRATIONS}::test_references_that_lead_nowhere_stop_a_migration",),
    ),
    Beast(
        name="filling-that-stops-early",
        says="only the first portion of rows is filled, which is all of them in a small shop",
        origin="R44: every shop was small when the migration was written",
        patches=(Patch(_FILL, "    return upto\n", "    return None\n"),),
        catchers=(_UPGRADE,),
    ),
    Beast(
        name="owner-left-out",
        says="new rows do not say whose they are, as if the release before had written them",
        origin="R44",
        patches=(Patch(f"{REPOSITORIES}/ordering.py", "order_id=order.id, member_id=order.member_id, location_id=",
                       "order_id=order.id, member_id=None, location_id="),),
        catchers=(f"{_UPGRADE}::test_what_was_there_before_names_its_owner_and_so_does_what_comes",),
    ),
    Beast(
        name="upcaster-passed-over",
        says="an old event is read without what its own version needs, beginning with the next one's",
        origin="R27, R44",
        patches=(Patch(_CODEC, "for step in range(version, kind.version):", "for step in range(version + 1, kind.version):"),),
        catchers=(f"{UNIT}/test_stored_events.py",),
    ),
    Beast(
        name="later-events-guessed-at",
        says="what a later release stored is read as if it were today's, and half of it is lost",
        origin="R27: its aggregate waits for a release that knows it",
        patches=(Patch(_CODEC, "if not 1 <= version <= kind.version:", "if version < 1:"),),
        catchers=(f"{UNIT}/test_stored_events.py",),
    ),
    Beast(
        name="written-and-never-read",
        says="a kind of value that only the library that writes knows is kept as JSON without complaint",
        origin="R32: a day was stored for a while, and the first who asked again for it was told that the shop had broken",
        patches=(Patch("src/adapters/retail_adapters/serialization/kinds.py",
                       '    return f"nobody reads {_named(kind)}"\n', "    return None\n"),),
        catchers=(_KEPT,
                  f"{UNIT}/test_stored_events.py"),
    ),
    Beast(
        name="field-that-is-not-kept",
        says="a field that somebody gave an aggregate and no table is lost whenever it is stored, and nothing says so",
        origin="R15: the first field added to orders by hand was written, and not read",
        patches=(Patch(f"{SQL}/rows.py", "        if made != columns or unknown:\n", "        if unknown:\n"),),
        catchers=(f"{UNIT}/test_rows.py",),
    ),
)  # fmt: skip
