"""Beasts that remember whom the shop has promised to forget, and one that lets strangers ask for it."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, Beast, Patch

_LEAVING = f"{DOMAIN}/processes/leaving"

BEASTS = (
    Beast(
        name="contacts-outlive-their-member",
        says="whom orders went to is copied apart, masked, and the contact itself stays as well",
        origin="PRV-R4, R40",
        patches=(Patch(f"{_LEAVING}/erasing.py", "    if found:\n        await work.delivery_contacts.forget(orders)\n", ""),),
        catchers=(f"{CONTRACT}/test_privacy.py",),
    ),
    Beast(
        name="inboxes-outlive-their-readers",
        says="what a member was told stays when they have left",
        origin="PRV-R4, R40",
        patches=(
            Patch(
                f"{_LEAVING}/erasing.py",
                "    return await work.messages.forget_of(Recipient.member(member_id), PORTION) == PORTION",
                "    return False",
            ),
        ),
        catchers=(f"{CONTRACT}/test_privacy.py",),
    ),
    Beast(
        name="trade-is-kept-in-clear",
        says="records of trade hold the phone as it is",
        origin="PRV-R5, R40",
        patches=(Patch(f"{DOMAIN}/privacy/model.py", "phone=whom.phone.masked", "phone=whom.phone.e164"),),
        catchers=(f"{CONTRACT}/test_privacy.py",),
    ),
    Beast(
        name="erasing-looks-once",
        says="what was on its way when the account was closed is never erased",
        origin="PRV-R4",
        patches=(Patch(f"{DOMAIN}/privacy/model.py", "ROUNDS: Final = 2", "ROUNDS: Final = 1"),),
        catchers=(f"{CONTRACT}/test_privacy.py",),
    ),
    Beast(
        name="a-session-closes-the-account",
        says="any password will do to close an account",
        origin="PRV-R3",
        patches=(Patch(f"{_LEAVING}/closing.py", "if login is None or not is_right:", "if login is None:"),),
        catchers=(f"{CONTRACT}/test_privacy.py",),
    ),
    Beast(
        name="accounts-close-over-open-orders",
        says="an account is closed while goods and money are under way",
        origin="PRV-R2",
        patches=(
            Patch(
                f"{_LEAVING}/closing.py",
                "        raise RefusedAllTheSame(AccountInUse(in_the_way=tuple(found)))",
                "        found = []",
            ),
        ),
        catchers=(f"{CONTRACT}/test_privacy.py",),
    ),
)
