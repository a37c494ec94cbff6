"""An example for every body, made from the examples of its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_DEPTH_MAX: Final = 16
_OF_FORMAT: Final[Mapping[str, str]] = {
    "uuid": "0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40",
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "binary": "",
}
_OF_PATTERN: Final = (("[A-Z]{3}", "CNY"), ("https?", "https://images.example/tea.jpg"), ("", "TEA-100"))
_WHOLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "LogInBody": {"login": "demo", "password": "demo-shop-2026"},
    "ChangePhoneBody": {
        "challenge_id": "0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40",
        "code": "314159",
        "password": "demo-shop-2026",
    },
    "ChangeSettingsBody": {"values": {"orders.pay_seconds": 900}, "reason": "flash sale"},
    "RoleBody": {"code": "hangzhou-clerk", "name": "杭州店员", "permissions": ["orders.see", "orders.ship"], "places": ["HZ"]},
    "TermsBody": {"version": "1"},
    "KeyBody": {"name": "erp-sync", "permissions": ["catalog.see"], "expires_at": "2099-12-31T00:00:00Z"},
    "ClosingBody": {"challenge_id": "0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40", "code": "314159"},
    "StartPaymentBody": {"gateway": "sandbox", "flow": "desktop_qr"},
    "BoundsBody": {
        "floor": {"minor": 1500, "currency": "CNY"},
        "member_price": {"minor": 1800, "currency": "CNY"},
        "list_price": {"minor": 2599, "currency": "CNY"},
        "basis": {"sort": "listed", "since": "2026-01-31"},
    },
    "QuoteBody": {
        "lines": [{"sku_id": _OF_FORMAT["uuid"], "quantity": 2}],
        "delivery": {"kind": "address", "address_id": _OF_FORMAT["uuid"]},
    },
}
"""Bodies whose fields exclude each other, or of which most callers need a few: an example of all of them would mislead."""

_OF_NAME: Final[Mapping[str, str]] = {
    "account": "cash:sandbox", "action": "reprice_sku", "actor": "staff:0198f0a4", "actor_kind": "staff",
    "actor_ref": "0198f0a4", "anonymous_id": "b7c1f0a2", "barcodes": "6901234567892", "brand": "竹里", "campaign": "spring-tea",
    "carrier": "SF Express", "company": "竹里茶业有限公司", "contact": "400-000-0000", "contact_hours": "09:00-18:00",
    "cart_token": "c3RvcmUtdGVhLWFuZC1ob25leQ", "category": "茶",
    "content": "https://sandbox.example/pay/7Q2M", "code": "TEA-100", "description": "明前采摘，当季新茶。",
    "detail": "科技园路 1 号", "event": "order.paid", "event_id": "evt_20260131_0007", "first_title": "明前龙井 100g",
    "licence": "91440300MA5XXXXX0X", "licence_url": "https://shop.example/licence", "notice": "春节期间照常发货。",
    "places": "SH", "custom_roles": "sh-clerk", "grant_custom": "sh-clerk",
    "revoke_custom": "till", "about": "order 2601318241059372", "decided_by": "staff:0192f3c4-0000-7000-8000-00000000000b",
    "privacy_url": "https://shop.example/privacy", "record_number": "粤ICP备00000000号", "says": "How long a new order waits.",
    "says_zh": "新订单的支付时限。", "terms_url": "https://shop.example/terms",
    "gateway": "sandbox", "hash": "5e" * 32, "image_url": "https://images.example/tea.jpg",
    "image_urls": "https://images.example/tea.jpg", "kind": "received", "location": "SH", "login": "li-lei",
    "name": "李雷", "next_cursor": "eyJhZnRlciI6MTB9", "object": "product:TEA-100", "options": "规格: 100g",
    "parent": "4403", "phone": "+86138****8000", "provider_ref": "sb_20260131_0042", "reason": "customer asked",
    "recipient": "韩梅梅", "ref": "2601318241059372", "reference": "PO-2026-0131", "region": "广东省 深圳市 南山区",
    "region_code": "440305", "session": "s-20260131-7", "sku": "TEA-100", "share_token": "Zk3Tq9", "source": "wechat",
    "source_id": "spring-tea", "status": "ok", "subtitle": "清明前采摘", "terms_version": "1", "terms_to_agree": "2",
    "title": "明前龙井 100g", "token": "m0p1X3vQ8yT5sR2uW7kL4nB9cE6hJ1dF", "tracking_number": "SF1000001",
    "trouble": "refused", "tax_code": "1030201", "unit": "盒", "url": "https://sandbox.example/pay/7Q2M", "value": "100g",
}  # fmt: skip
"""What a text of that name looks like, where the field itself says nothing."""


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int = 0, called: str = "") -> Any:
    """A value that fits the schema; the same each time. `called` is the name of the field it is for."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _WHOLE.get(name) or example_of(components[name], components, depth + 1, called)
    if schema.get("examples"):
        return _first(schema["examples"])
    for stated in ("example", "const", "default"):
        if schema.get(stated) is not None:
            return schema[stated]
    if "enum" in schema:
        return schema["enum"][0]
    if options := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
        chosen = next((each for each in options if each.get("type") != "null"), options[0])
        limits = {name: value for name, value in schema.items() if name not in ("oneOf", "anyOf", "allOf")}
        return example_of(limits | chosen, components, depth, called)  # a bound of `X | None` stands beside the choice
    return _of_type(schema, components, depth, called)


def _first(examples: Any) -> Any:
    first = next(iter(examples.values() if isinstance(examples, Mapping) else examples))
    return first["value"] if isinstance(first, Mapping) and "value" in first else first


def _of_type(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int, called: str) -> Any:
    kind = schema.get("type")
    match next((each for each in kind if each != "null"), None) if isinstance(kind, list) else kind:
        case "object":
            members = schema.get("properties", {}) if depth < _DEPTH_MAX else {}
            return {name: example_of(member, components, depth + 1, name) for name, member in members.items()}
        case "array":
            is_told = "items" in schema and depth < _DEPTH_MAX
            return [example_of(schema["items"], components, depth + 1, called)] if is_told else []
        case "integer" | "number":
            return max(int(schema.get("minimum", 1)), 1) if schema.get("maximum", 1) >= 1 else int(schema["maximum"])
        case "boolean":
            return True
        case "string":
            return _text(schema, called)
        case _:
            return None


def _text(schema: Mapping[str, Any], called: str) -> str:
    if "format" in schema and schema["format"] in _OF_FORMAT:
        return _OF_FORMAT[schema["format"]]
    if "pattern" in schema:
        named = _OF_NAME.get(called, "")
        if re.search(schema["pattern"], named):
            return named
        return next(text for part, text in _OF_PATTERN if part in schema["pattern"])
    return _OF_NAME.get(called, "words")
