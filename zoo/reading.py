"""Beasts of what others send: files, cursors, notices and words that one place reads otherwise than the rest."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, PROPERTY, UNIT, Beast, Patch

_WORDS = f"{DOMAIN}/catalog/words.py"
_READING = f"{DOMAIN}/kernel/reading.py"
_CAREFUL = f"{DOMAIN}/payments/gateway/careful.py"
_PAGING = "src/adapters/retail_adapters/paging.py"
_CSV = "src/adapters/retail_adapters/files/csv_files.py"
_SENT = "tests/e2e/test_what_others_send.py"
_FILES = "tests/e2e/test_cli_files_of_real_life.py"

BEASTS = (
    Beast(
        name="notice-goes-to-the-store-unread",
        says="what a provider signed is stored as it is; half of a surrogate pair breaks both databases, and memory takes it",
        origin="GEN-R23, R10: the money of such a notice was in no list",
        patches=(
            Patch(
                _CAREFUL, "        check_notification(notification)\n    except", "        _ = check_notification\n    except"
            ),
        ),
        catchers=(f"{_SENT}::test_a_genuine_notice_that_cannot_be_stored_is_kept_for_staff",),
    ),
    Beast(
        name="answer-goes-to-the-store-unread",
        says="what a provider answers is taken as it is, although its notices are read",
        origin="GEN-R23, R12",
        patches=(
            Patch(
                _CAREFUL,
                "        snapshot = _without_odd_sides(snapshot)\n        try:\n            check_told(snapshot)\n",
                "        try:\n            _ = check_told\n",
            ),
        ),
        catchers=(f"{_SENT}::test_what_a_provider_answers_is_read_before_it_is_believed",),
    ),
    Beast(
        name="cursor-is-believed",
        says="the moment in a cursor is any moment that can be written, and the last day of the calendar breaks a driver",
        origin="GEN-R23, R37",
        patches=(
            Patch(
                _PAGING,
                "        return reading.instant(reading.storable(part, _TEXT_MAX))\n",
                "        return datetime.fromisoformat(part)\n",
            ),
        ),
        catchers=(f"{_SENT}::test_bodies_queries_and_cursors_are_taken_or_refused_alike",),
    ),
    Beast(
        name="quotes-are-taken-as-they-come",
        says="a quote that is never closed swallows the rest of the file, and the import says that all went well",
        origin="CAT-R2: two goods of four, exit code 0",
        patches=(Patch(_CSV, "delimiter=self.delimiter, strict=True)", "delimiter=self.delimiter, strict=False)"),),
        catchers=(f"{_FILES}::test_a_row_that_is_not_what_it_seems_is_refused_and_takes_no_other_with_it",),
    ),
    Beast(
        name="rows-in-a-cell",
        says="a quote that another row happens to close makes one cell of the rows between them",
        origin="CAT-R2",
        patches=(
            Patch(
                _CSV,
                "            if len(cells) == len(names) and self.is_rowlike(row):\n",
                "            if len(cells) > len(names) and self.is_rowlike(row):\n",
            ),
        ),
        catchers=(f"{_FILES}::test_a_row_that_is_not_what_it_seems_is_refused_and_takes_no_other_with_it",),
    ),
    Beast(
        name="look-alikes-are-others",
        says="a code in full width, or with a character that nobody sees in it, is another code",
        origin="CAT-R3, GEN-R23: seven kinds of goods that looked the same",
        patches=(Patch(_READING, 'unicodedata.normalize("NFKC", "".join(filter(_is_said, text)))', "text"),),
        catchers=(f"{UNIT}/test_reading.py",),
    ),
    Beast(
        name="letters-swallow-digits",
        says="letters and digits without a blank between them are one word, and `iphone 15` finds no iPhone15",
        origin="CAT-R5",
        patches=(Patch(_WORDS, '    return "digits" if character.isdigit() else "letters"\n', '    return "letters"\n'),),
        catchers=(f"{PROPERTY}/test_words.py", f"{CONTRACT}/test_catalog_stores.py"),
    ),
)
