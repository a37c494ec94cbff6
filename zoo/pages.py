"""Beasts of the pages: forms of other sites, cookies that open the API, buttons pressed twice, guests' carts left outside."""

from __future__ import annotations

from zoo.beast import Beast, Patch

_WEB = "src/entrypoints/retail_entrypoints/web"
_PURCHASE = "tests/web/test_purchase_without_scripts.py"
_PAGES = "tests/web/test_every_page.py"

BEASTS = (
    Beast(
        name="form-of-another-site",
        says="a form on another site decides in the name of whoever is logged in",
        origin="R36: the oldest fault of pages with cookies",
        patches=(Patch(f"{_WEB}/app.py", "        check_origin(request, settings.public_url)\n", ""),),
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
        name="second-tap-orders-again",
        says="each tap of a button is a request of its own",
        origin="R17: forms without a key",
        patches=(Patch(f"{_WEB}/asking.py", "        self._note_once()\n", '        self._tree.pop(ONCE, "")\n'),),
        catchers=(_PURCHASE,),
    ),
    Beast(
        name="guests-cart-stays-outside",
        says="what a guest had chosen is gone once they have logged in",
        origin="CRT-R6: a login that knows nothing of the cart",
        patches=(Patch(f"{_WEB}/shop/entering/pages.py", "        await merge_cart(retail, view, logged_in)\n", ""),),
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
)  # fmt: skip
