"""An example for every body, made from the examples of its fields."""

from __future__ import annotations

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
    "StartPaymentBody": {"gateway": "sandbox", "flow": "desktop_qr"},
}
"""Bodies whose fields exclude each other: an example of all of them would be refused."""


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that fits the schema; the same each time."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _WHOLE.get(name) or example_of(components[name], components, depth + 1)
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
        return example_of(limits | chosen, components, depth)  # a bound of `X | None` stands beside the choice
    return _of_type(schema, components, depth)


def _first(examples: Any) -> Any:
    first = next(iter(examples.values() if isinstance(examples, Mapping) else examples))
    return first["value"] if isinstance(first, Mapping) and "value" in first else first


def _of_type(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    match next((each for each in kind if each != "null"), None) if isinstance(kind, list) else kind:
        case "object":
            members = schema.get("properties", {}) if depth < _DEPTH_MAX else {}
            return {name: example_of(member, components, depth + 1) for name, member in members.items()}
        case "array":
            return [example_of(schema["items"], components, depth + 1)] if "items" in schema and depth < _DEPTH_MAX else []
        case "integer" | "number":
            return max(int(schema.get("minimum", 1)), 1) if schema.get("maximum", 1) >= 1 else int(schema["maximum"])
        case "boolean":
            return True
        case "string":
            return _text(schema)
        case _:
            return None


def _text(schema: Mapping[str, Any]) -> str:
    if "format" in schema and schema["format"] in _OF_FORMAT:
        return _OF_FORMAT[schema["format"]]
    if "pattern" in schema:
        return next(text for part, text in _OF_PATTERN if part in schema["pattern"])
    return "text".ljust(int(schema.get("minLength", 0)), "x")[: int(schema.get("maxLength", 10_000))]
