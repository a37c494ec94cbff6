"""Beasts of the pages: forms of other sites, cookies that open the API, buttons pressed twice, guests' carts left outside."""

from __future__ import annotations

from zoo.beast import Beast, Patch

_WEB = "src/entrypoints/retail_entrypoints/web"
_PURCHASE = "tests/web/test_purchase_without_scripts.py"
_PAGES = "tests/web/test_every_page.py"
_AFTER = "tests/web/test_after_the_purchase.py"
_CORNER = "tests/web/test_my_corner.py"
_PASTED = "tests/property/test_pasted_addresses.py"

BEASTS = (
    Beast(
        name="form-of-another-site",
        says="a form on another site decides in the name of whoever is logged in",
        origin="R36: the oldest fault of pages with cookies",
        patches=(Patch(f"{_WEB}/app.py", "        check_origin(request, settled.public_url)\n", ""),),
        catchers=(_PURCHASE,),
    ),
    Beast(
        name="origin-of-nobody",
        says="a request that says nothing of where it comes from is taken for our own",
        origin="R36: what a library that skips an absent header does",
        patches=(Patch(f"{_WEB}/origin.py", "    if told is None or not _is_ours", "    if told is not None and not _is_ours"),),
        catchers=(_PURCHASE,),
    ),
    Beast(
        name="cookie-is-the-token",
        says="what lies in the cookie opens the API too",
        origin="R36: the plain way to keep a session",
        patches=(
            Patch(f"{_WEB}/cookies.py", '        return self._cipher.encrypt(text.encode()).decode().rstrip("=")', "        return text"),
            Patch(
                f"{_WEB}/cookies.py",
                "            return self._cipher.decrypt(token, ttl=int(lasts.total_seconds()) if lasts else None).decode()",
                "            return value if token else None",
            ),
        ),
        catchers=(_PURCHASE,),
    ),
    Beast(
        name="second-tap-decides-again",
        says="each tap of a button is a request of its own",
        origin="R17: forms without a key",
        patches=(Patch(f"{_WEB}/asking.py", "        self._note_once()\n", '        self._tree.pop(ONCE, "")\n'),),
        catchers=("tests/web/test_desk_orders.py::test_a_button_that_is_pressed_twice_ships_once",),
    ),
    Beast(
        name="guests-cart-stays-outside",
        says="what a guest had chosen is gone once they have logged in",
        origin="CRT-R6: a login that knows nothing of the cart",
        patches=(Patch(f"{_WEB}/shop/entering/pages.py", "    await merge_cart(retail, view, logged_in)\n", ""),),
        catchers=(_PURCHASE,),
    ),
    Beast(
        name="wrong-password-is-no-login-yet",
        says="who mistypes a password is told to log in first, and not what was wrong",
        origin="R36: met on our own entrance, where refusals were told apart by their kind",
        patches=(Patch(f"{_WEB}/view.py", "isinstance(refused, _SENT_AWAY)", 'refused.code.startswith("auth.")'),),
        catchers=(_PURCHASE,),
    ),
    Beast(
        name="sent-on-to-another-site",
        says="a link to the shop's own entrance leads to another site after the login",
        origin="R37: an address that is passed on unread",
        patches=(Patch(f"{_WEB}/view.py", "return wanted if wanted and is_path(wanted) else otherwise", "return wanted or otherwise"),),
        catchers=(_PAGES,),
    ),
    Beast(
        name="picture-is-no-part-of-the-form",
        says="a form with another picture is taken for the one before, and the new picture is never sent",
        origin="R17: a key of the fields alone",
        patches=(Patch(f"{_WEB}/asking.py", "files = [(one.name, sha256(one.content).hexdigest()) for one in self.files]", "files = list[str]()"),),
        catchers=(f"{_AFTER}::test_a_review_that_is_sent_twice_is_one_with_one_picture[memory]",),
    ),
    Beast(
        name="pictures-share-one-key",
        says="of several pictures of a form only the first is sent: the others are told its answer",
        origin="R17: one key handed on to many commands",
        patches=(Patch(f"{_WEB}/shop/reviews/pages.py", 'own = evolve(once, operation=f"{once.operation}.{place}") if once is not None else None', "own = once if place >= 0 else None"),),
        catchers=(f"{_AFTER}::test_what_is_wrong_with_a_review_is_said_where_it_stands_and_nothing_is_lost[memory]",),
    ),
    Beast(
        name="form-is-cut-at-what-looks-like-its-end",
        says="a file that holds the beginning of the boundary is cut there",
        origin="R34: a reader that looks for half of the mark",
        patches=(Patch(f"{_WEB}/uploads.py", 'b"\\r\\n--" + boundary, parts_max + 2', 'b"\\r\\n--" + boundary[:8], parts_max + 2'),),
        catchers=("tests/unit/test_uploads.py",),
    ),
    Beast(
        name="unread-on-every-page",
        says="messages are counted anew for every page that somebody looks at",
        origin="MSG-R1, R46: a badge that costs a statement a page",
        patches=(Patch(f"{_WEB}/unread.py", ">= COUNTED_EVERY.total_seconds()", ">= 0"),),
        catchers=(f"{_CORNER}::test_messages_are_read_and_counted_and_guests_are_not_asked_about[memory]",),
    ),
    Beast(
        name="offers-by-a-tick-that-was-forgotten",
        says="whoever stops offers is noted as having agreed to them",
        origin="MSG-R3: a form whose empty field is taken for yes",
        patches=(Patch(f"{_WEB}/shop/messages/pages.py", "is_given = data.given is not None", "is_given = True"),),
        catchers=(f"{_CORNER}::test_members_say_how_they_are_told_and_that_they_want_no_offers[memory]",),
    ),
    Beast(
        name="closed-account-stays-inside",
        says="whoever has closed their account still shows as logged in",
        origin="PRV-R3: cookies that outlive what they stand for",
        patches=(Patch(f"{_WEB}/shop/privacy/pages.py", "            view.forget_session()\n", ""),),
        catchers=(f"{_CORNER}::test_leaving_names_what_is_in_the_way_and_who_leaves_proves_it[memory]",),
    ),
    Beast(
        name="terms-are-never-asked-for",
        says="new terms of privacy are asked for at no entrance",
        origin="ACC-R16: a login that leads straight on",
        patches=(Patch(f"{_WEB}/shop/entering/pages.py", "member.terms_version != terms_version", "not member.terms_version"),),
        catchers=(f"{_CORNER}::test_new_terms_are_asked_for_at_the_entrance_until_they_are_agreed_to[memory]",),
    ),
    Beast(
        name="first-of-two-cities",
        says="a district whose name two cities have is taken for the first one's",
        origin="ACC-R17: a register that is searched for the first match",
        patches=(Patch("src/retail_domain/accounts/model/pasted.py", "return highest[0] if len(highest) == 1 else None", "return highest[0]"),),
        catchers=(_PASTED,),
    ),
    Beast(
        name="street-named-after-a-city",
        says="a street that is called after a city makes the parcel go there",
        origin="ACC-R17: names without their kind, taken wherever they stand",
        patches=(Patch("src/retail_domain/accounts/model/pasted.py", "    return (_OF_COUNTIES if _level_of(region) == _DISTRICT else _OF_CITIES).match(text, end) is not None", "    return end > len(text) + _level_of(region)"),),
        catchers=(_PASTED,),
    ),
)  # fmt: skip
