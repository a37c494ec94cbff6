"""Strict JSON: what is not plainly meant is refused, and every field to blame is named (R34, R37)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from math import isinf
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from attrs import frozen
from msgspec.structs import fields

from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.reading import is_storable
from retail_entrypoints.http.refusals import Malformed, NotJson

DEPTH_MAX: Final = 32
_PROBLEMS_MAX: Final = 50
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_AT: Final = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NUMBER_TEXT_MAX: Final = 20
_TOO_LARGE: Final = "the number is too large"


def check_content_type(header: str) -> None:
    """Refuse everything but JSON in UTF-8: a form of another site can send text/plain without being asked (5.3)."""
    if header == "application/json":
        return
    media, _, parameters = header.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise NotJson()


def read_tree(raw: bytes) -> Any:
    """Bytes to plain values. Raises Malformed for anything that two readers could read differently."""
    try:
        tree = _STRICT.decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed.because("", "utf8", "the body is not UTF-8") from None
    except RecursionError:
        raise Malformed.because("", "depth", "the body is nested too deeply") from None
    except ValueError:
        raise Malformed.because("", "json", "the body is not JSON") from None
    if b"\\u" in raw or raw.count(b"{") + raw.count(b"[") > DEPTH_MAX:  # without, there is nothing to find
        _check(tree, 0)
    return tree


def read(tree: Any, wanted: Any, *, strict: bool = True) -> Any:
    """Plain values to a body. Raises InvalidInput that names every field to blame, as far as they can be told apart.

    Not `strict` is for forms, where everything comes as text.
    """
    try:
        made = msgspec.convert(tree, wanted, strict=strict)
    except msgspec.ValidationError:
        reading = _Reading(strict)
        problems = tuple(problem for problem, _ in zip(reading.explain(tree, wanted, ""), range(_PROBLEMS_MAX), strict=False))
        raise InvalidInput(problems=problems) from None
    if _takes_anything(wanted) and (found := tuple(islice(_too_large(tree, ""), _PROBLEMS_MAX))):
        raise InvalidInput(problems=found)
    return made


@cache
def _takes_anything(wanted: Any) -> bool:
    """Whether some field takes any JSON value, and so what stands for a number that nothing holds."""
    return "AnyType()" in repr(msgspec.inspect.type_info(wanted))


def _too_large(tree: Any, path: str) -> Iterator[FieldProblem]:
    if isinstance(tree, TooLargeNumber):
        yield FieldProblem(field=path, rule="range", message=_TOO_LARGE)
    elif isinstance(tree, Mapping):
        for name, item in tree.items():
            yield from _too_large(item, _join(path, name[:64]))
    elif isinstance(tree, list):
        for place, item in enumerate(tree):
            yield from _too_large(item, f"{path}[{place}]")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed.because("", "duplicate", "a field is given twice")
    return members


@frozen
class TooLargeNumber:
    """Stands where a number stood that no field holds: no body takes it, and the field is named when the body is read."""


_TOO_LARGE_NUMBER: Final = TooLargeNumber()


def _integer(text: str) -> int | TooLargeNumber:
    return int(text) if len(text) <= _NUMBER_TEXT_MAX else _TOO_LARGE_NUMBER


def _finite(text: str) -> float | TooLargeNumber:
    number = float(text)
    return _TOO_LARGE_NUMBER if isinf(number) else number


def _no_constant(_name: str) -> None:
    raise Malformed.because("", "number", "a number must be finite")


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_finite, parse_constant=_no_constant
)


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise Malformed.because("", "depth", "the body is nested too deeply")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    if not is_storable(text):
        raise Malformed.because("", "text", "text may not hold NUL or half of a surrogate pair")


@frozen
class _Reading:
    """What is wrong with a body that could not be read."""

    strict: bool

    def explain(self, tree: Any, wanted: Any, path: str) -> Iterator[FieldProblem]:
        """Try each member on its own, so that one bad field does not hide the next."""
        shape, items, values = _struct_of(wanted), _item_of(wanted), _value_of(wanted)
        if shape is not None and isinstance(tree, Mapping):
            yield from self._members(tree, shape, path)
        elif items is not None and isinstance(tree, list):
            parts = [problem for place, item in enumerate(tree) for problem in self.explain(item, items, f"{path}[{place}]")]
            yield from parts or self._whole(tree, wanted, path)
        elif values is not None and isinstance(tree, Mapping):
            parts = [problem for name in sorted(tree) for problem in self.explain(tree[name], values, _join(path, name[:64]))]
            yield from parts or self._whole(tree, wanted, path)
        else:
            yield from self._whole(tree, wanted, path)

    def _members(self, tree: Mapping[str, Any], shape: type[msgspec.Struct], path: str) -> Iterator[FieldProblem]:
        known = {field.encode_name: field for field in fields(shape)}
        for name in sorted(tree.keys() - known.keys()):
            yield FieldProblem(field=_join(path, name[:64]), rule="unknown", message="this field is not known here")
        for name, field in known.items():
            if name in tree:
                yield from self.explain(tree[name], field.type, _join(path, name))
            elif field.required:
                yield FieldProblem(field=_join(path, name), rule="required", message="this field is missing")

    def _whole(self, tree: Any, wanted: Any, path: str) -> Iterator[FieldProblem]:
        if isinstance(tree, TooLargeNumber):
            yield FieldProblem(field=path, rule="range", message=_TOO_LARGE)
            return
        message = self._fails(tree, wanted)
        if message is None:
            return
        found = _AT.search(message)
        inner, plain = (found["path"], message[: found.start()]) if found else ("", message)
        where = f"{path}{inner}" if inner.startswith("[") else _join(path, inner)
        if unknown := _UNKNOWN.match(plain) or _MISSING.match(plain):
            where = _join(where, unknown["name"])
        is_too_large = f"got `{TooLargeNumber.__name__}`" in plain  # within a choice of several, where only the reader finds it
        rule, says = ("range", _TOO_LARGE) if is_too_large else (_rule(plain), told(plain[0].lower() + plain[1:]))
        yield FieldProblem(field=where, rule=rule, message=says)

    def _fails(self, tree: Any, wanted: Any) -> str | None:
        try:
            msgspec.convert(tree, wanted, strict=self.strict)
        except msgspec.ValidationError as error:
            return str(error)
        return None


def told(message: str) -> str:
    """A reader's complaint without what was sent: that may be a password in the wrong field (R40, R41)."""
    if "invalid enum value" in message.lower():
        return "not one of the words that are known here"
    return "not in the expected form" if "matching regex" in message else message


def _rule(message: str) -> str:
    if _UNKNOWN.match(message):
        return "unknown"
    if _MISSING.match(message):
        return "required"
    if "matching regex" in message or "timezone" in message or message.startswith("Invalid"):
        return "format"
    if " of length" in message:
        return "length"
    return "range" if ("<=" in message or ">=" in message) else "type"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name


def _parts(wanted: Any) -> tuple[Any, ...]:
    bare = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
    options = get_args(bare) if type(bare).__name__ in ("UnionType", "_UnionGenericAlias") else (bare,)
    return tuple(option for option in options if option is not type(None))


def _struct_of(wanted: Any) -> type[msgspec.Struct] | None:
    options = _parts(wanted)
    is_one_struct = len(options) == 1 and isinstance(options[0], type) and issubclass(options[0], msgspec.Struct)
    return options[0] if is_one_struct and options[0].__struct_config__.tag_field is None else None


def _value_of(wanted: Any) -> Any:
    options = _parts(wanted)
    return get_args(options[0])[1] if len(options) == 1 and get_origin(options[0]) is dict else None


def _item_of(wanted: Any) -> Any:
    options = _parts(wanted)
    return get_args(options[0])[0] if len(options) == 1 and get_origin(options[0]) is list else None
