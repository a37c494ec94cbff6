"""What the buyer's device does next, as a plain document that can be stored and sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from retail_domain.payments.gateway import (
    CallClientSdk,
    NextAction,
    NothingToDo,
    OpenUrl,
    PayAtCounter,
    PostForm,
    ShowQr,
)


def action_document(action: NextAction) -> Mapping[str, Any]:
    """The action with its kind: `{"kind": "open_url", "url": ...}`."""
    match action:
        case OpenUrl(url):
            return {"kind": "open_url", "url": url}
        case PostForm(url, fields):
            return {"kind": "post_form", "url": url, "fields": dict(fields)}
        case ShowQr(content):
            return {"kind": "show_qr", "content": content}
        case CallClientSdk(sdk, parameters):
            return {"kind": "call_client_sdk", "sdk": sdk, "parameters": dict(parameters)}
        case PayAtCounter(code):
            return {"kind": "pay_at_counter", "code": code}
        case NothingToDo():
            return {"kind": "nothing_to_do"}
        case _:
            assert_never(action)
