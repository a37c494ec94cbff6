"""The page on which a person pays: inert, with one button."""

from __future__ import annotations

from html import escape
from typing import Final

from retail_entrypoints.simulators.sandbox.http import Reply
from retail_entrypoints.simulators.sandbox.records import Payment

_HEADERS: Final = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_PLACES: Final = {"JPY": 0, "KRW": 0, "VND": 0, "ISK": 0, "CLP": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3}
_STATES: Final = {"succeeded": "Paid. Thank you.", "failed": "The bank said no.", "closed": "This payment is closed."}
_BUTTON: Final = '<form method="post"><button>Pay now</button></form>'
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sandbox payment</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 2rem}}strong{{font-size:2rem}}</style></head>
<body><h1>Sandbox payment</h1><p>{description}</p><p><strong>{amount}</strong></p>{act}{back}
<p><small>No real money moves here. Reference {ref}.</small></p></body></html>
"""


def payment_page(payment: Payment) -> Reply:
    """What the buyer sees; everything that came from outside is escaped."""
    act = _BUTTON if payment.status == "pending" else f"<p>{_STATES[payment.status]}</p>"
    back = f'<p><a href="{escape(payment.return_url)}">Back to the shop</a></p>' if payment.return_url else ""
    page = _PAGE.format(
        description=escape(payment.description), amount=_amount(payment), act=act, back=back, ref=escape(payment.ref)
    )
    return Reply(body=page.encode(), headers=_HEADERS)


def no_page(status: int) -> Reply:
    """There is nothing to pay here."""
    return Reply(status=status, body=b"<!doctype html><title>Sandbox payment</title><p>No such payment.</p>", headers=_HEADERS)


def to_page(ref: str) -> Reply:
    """Show the page again after the button."""
    return Reply(status=303, headers={**_HEADERS, "location": f"/pay/{ref}"})


def _amount(payment: Payment) -> str:
    places = _PLACES.get(payment.currency, 2)
    digits = str(payment.minor).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]} {payment.currency}" if places else f"{digits} {payment.currency}"
