"""Beasts in the notes of programs: no room is too small, and nobody's note is safe."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, SQL, UNIT, Beast, Patch

_MODEL = f"{DOMAIN}/notes/model.py"

BEASTS = (
    Beast(
        name="notes-without-end",
        says="how much a thing carries is counted by nobody",
        origin="NTE-R1",
        patches=(Patch(_MODEL, "        if size > BYTES_MAX:", "        if size < 0:"),),
        catchers=(f"{UNIT}/test_notes.py",),
    ),
    Beast(
        name="notes-counted-in-letters",
        says="the limit counts letters, and a Chinese one takes three bytes",
        origin="NTE-R1",
        patches=(Patch(_MODEL, "        size = len(text.encode())", "        size = len(text)"),),
        catchers=(f"{UNIT}/test_notes.py",),
    ),
    Beast(
        name="a-program-replaces-all-notes",
        says="what a program sends takes the place of everything that was kept",
        origin="NTE-R2",
        patches=(Patch(_MODEL, "{**before, **wanted}.items()", "{**wanted}.items()"),),
        catchers=(f"{UNIT}/test_notes.py",),
    ),
    Beast(
        name="namespaces-mixed",
        says="the namespace is cut off, so that two programs meet under one key",
        origin="NTE-R2",
        patches=(
            Patch(
                _MODEL,
                "for key, value in {**before, **wanted}.items() if value is not None}",
                "for key, value in {**before, **{f\"all.{key.split('.')[1]}\": told for key, told in wanted.items()}}.items() if value is not None}",
            ),
        ),
        catchers=(f"{UNIT}/test_notes.py",),
    ),
    Beast(
        name="notes-written-without-a-guard",
        says="notes are read, changed and written back without lock or guard, and the second program undoes the first",
        origin="NTE-R2, GEN-R9",
        patches=(
            Patch(f"{SQL}/contexts/notes.py", "update_of(notes)", "update_of(notes, guard=None)"),
            Patch(f"{SQL}/contexts/notes.py", "_OF_THINGS.with_for_update()", "_OF_THINGS"),
        ),
        catchers=(f"{CONTRACT}/test_notes.py",),
    ),
    Beast(
        name="notes-of-members-are-told",
        says="the event of a member's notes carries what was written about them",
        origin="NTE-R4, R40",
        patches=(Patch(_MODEL, 'values=_compact(told) if self.sort in GOODS else ""', "values=_compact(told)"),),
        catchers=(f"{UNIT}/test_notes.py",),
    ),
)
