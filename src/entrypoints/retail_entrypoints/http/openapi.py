"""The description of the API, complete and true: every status, every error code, closed objects, examples (DOR-R2)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.routes import HTTPRoute

import retail_domain
from retail_domain.accounts.errors import KeyInvalid, SessionInvalid, TooManyTries
from retail_domain.kernel import errors, once
from retail_domain.kernel.errors import DomainError, FieldProblem
from retail_domain.pictures import PictureKind
from retail_entrypoints.http import refusals
from retail_entrypoints.http.binding import REPLAYED
from retail_entrypoints.http.describing import PROSE, STATUSES, TAGS, description_of
from retail_entrypoints.http.examples import example_of
from retail_entrypoints.http.page_cache import is_cached
from retail_entrypoints.http.problems import PROBLEM_JSON, ProblemShape, problem_of, status_of, type_of
from retail_entrypoints.http.routing import Access
from retail_entrypoints.http.shaping import Shape

Schema: TypeAlias = dict[str, Any]

_SOMETIMES: Final = (errors.Unavailable, errors.Retry)
_WHEN_DECIDING: Final = (errors.Stale, errors.Taken, errors.CommitUnknown, errors.Broken, errors.UnknownKinds)
_SECURITY: Final[Mapping[Access, list[Schema]]] = {
    Access.PUBLIC: [],
    Access.GUEST_OR_MEMBER: [{"bearer": []}, {"cart": []}],
}
_OF_A_LIST: Final = re.compile(r"PageShape[_\[](?:\w+\.)*(\w+?)[_\]](?=\")")
"""The framework's name for a list of something tells where that something is declared; ours stays when it moves."""
_OF_THE_FRAMEWORK: Final = frozenset({
    "Request fulfilled, document follows", "Document created, URL follows", "Request accepted, processing continues off-line",
    "Request fulfilled, nothing follows",
})  # fmt: skip
_REPLAYED: Final[Schema] = {
    REPLAYED: {
        "description": "`true` where this answer was given before, under the same key; absent where it is the first.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_AN_EXAMPLE: Final = FieldProblem(field="quantity", rule="range", message="expected `int` >= 1")


def openapi_config() -> OpenAPIConfig:
    """Title, version and the two ways to say who one is."""
    return OpenAPIConfig(
        title="The shop",
        version=getattr(retail_domain, "__version__", "0.1.0"),
        description=PROSE,
        tags=[Tag(name=name, description=words) for name, words in TAGS.items()],
        operation_id_creator=lambda handler, _method, _parts: handler.fn.__name__,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="The token of POST /v1/auth/sessions; at the doors of staff, or a key of POST /v1/staff/keys.",
                ),
                "cart": SecurityScheme(
                    type="apiKey", name="X-Cart-Token", security_scheme_in="header", description="The token of POST /v1/carts."
                ),
            }
        ),
        use_handler_docstrings=True,
    )


def describe(app: Litestar) -> bytes:
    """The description of an app's routes as JSON."""
    raw = _OF_A_LIST.sub(r"ListOf\1", json.dumps(app.openapi_schema.to_schema(), default=str))
    schema: Schema = json.loads(raw, parse_float=_whole_if_it_is)
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    _add_problem_shapes(components)
    told: dict[str, type[DomainError]] = {}
    for path, method, handler, model in _operations(app):
        operation = schema["paths"].get(path, {}).get(method.lower())
        if operation is not None:
            told |= {each.code: each for each in _complete(operation, path, method, handler, model)}
    schema["components"]["examples"] = {code: _example(told[code]) for code in sorted(told)}
    _close_objects(components)
    _add_kinds(components)
    _name_choices(components)
    _add_examples(schema)
    return json.dumps(schema, ensure_ascii=False, sort_keys=True).encode()


def refusals_of(path: str, method: str, handler: HTTPRouteHandler, model: Any) -> tuple[type[DomainError], ...]:
    """Everything a route can refuse: what it declares, and what the door itself does in front of it."""
    permission = handler.opt["permission"]
    has_body, is_raw = handler.parsed_data_field is not None, bool(handler.opt.get("raw") or handler.opt.get("picture"))
    rules: dict[type[DomainError], bool] = {
        refusals.Malformed: True,
        refusals.LoginRequired: permission is not Access.PUBLIC,
        SessionInvalid: permission is not Access.PUBLIC,
        **dict.fromkeys((KeyInvalid, TooManyTries), permission is not Access.PUBLIC),
        refusals.PermissionRequired: permission not in (Access.PUBLIC, Access.LOGGED_IN),
        refusals.NoSuchAddress: "{" in path,
        refusals.TooBusy: not path.startswith("/health/"),
        refusals.TooLarge: has_body or is_raw,
        refusals.TooSlow: method != "GET",
        refusals.NotJson: has_body,
        errors.InvalidInput: has_body,
        once.KeyReused: _takes_key(model),
        **dict.fromkeys(_WHEN_DECIDING, (method != "GET" and permission is not Access.PUBLIC) or _takes_key(model)),
        **dict.fromkeys((refusals.Failed, *_SOMETIMES), True),
    }
    door = [refused for refused, applies in rules.items() if applies]
    return tuple(dict.fromkeys([*door, *handler.opt.get("raises", ())]))


def _operations(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler, Any]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, model) in route.route_handler_map.items():
                yield route.path_format, method, handler, model


def _complete(
    operation: Schema, path: str, method: str, handler: HTTPRouteHandler, model: Any
) -> tuple[type[DomainError], ...]:
    """Answers what it may refuse."""
    permission = handler.opt["permission"]
    operation["security"] = _SECURITY.get(permission, [{"bearer": []}])
    operation["x-permission"] = " ".join(each.value for each in (permission, *handler.opt.get("besides", ())))
    if handler.parsed_data_field is not None:
        operation["requestBody"]["required"] = not handler.parsed_data_field.is_optional
    answered = {status: answer for status, answer in operation["responses"].items() if int(status) < 400}
    first: Schema = next(iter(answered.values()), {})
    answered = {status: {**answer, "description": _words_of(status, answer)} for status, answer in answered.items()}
    answered |= {str(status): first | {"description": why} for status, why in handler.opt.get("also", {}).items()}
    if _takes_key(model):
        for status, answer in answered.items():
            answered[status] = {**answer, "headers": {**answer.get("headers", {}), **_REPLAYED}}
    refused = refusals_of(path, method, handler, model)
    problems = _problem_answers(refused)
    both = {status: _either(answered[status], problems[status]) for status in answered.keys() & problems.keys()}
    operation["responses"] = answered | problems | both
    if method == "GET" and is_cached(path):
        _complete_tags(operation)
    if handler.opt.get("picture"):
        whole = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {f"image/{kind.value}": whole for kind in PictureKind}}
    if "files" in handler.opt:
        operation["responses"]["200"] = {**operation["responses"]["200"], "content": _files(handler.opt["files"])}
    if handler.opt.get("raw"):
        operation["x-internal"] = True  # what providers send is no client's business
        operation["requestBody"] = {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
        operation["responses"] = _raw_answers(operation["responses"])
    codes = sorted({code for answer in operation["responses"].values() for code in answer.get("x-codes", ())})
    operation["description"] = description_of(operation.get("description", ""), permission, codes)
    operation["x-codes"] = codes
    return refused


def _words_of(status: str, answer: Schema) -> str:
    """The framework's words promise things that we do not do, such as an address that follows; ours stay."""
    own: str = answer.get("description", "")
    return STATUSES.get(status, own) if own in _OF_THE_FRAMEWORK else own


def _name_choices(components: Schema) -> None:
    """A choice between several shapes gets a name and says which field tells them apart: generators make one type of it."""
    for name, component in [*components.items()]:
        for field, member in component.get("properties", {}).items():
            options = member.get("oneOf", ())
            chosen = [option for option in options if "$ref" in option]
            if len(chosen) > 1:
                choice = f"{name.removesuffix('Shape')}{field.title().replace('_', '')}"
                components[choice] = {"oneOf": chosen, "discriminator": _told_apart(chosen, components)}
                rest = [option for option in options if "$ref" not in option]
                component["properties"][field] = {"oneOf": [{"$ref": f"#/components/schemas/{choice}"}, *rest]}


def _add_kinds(components: Schema, shape: type[Shape] = Shape) -> None:
    """The field that tells shapes of one choice apart; the framework describes the others only."""
    for each in shape.__subclasses__():
        field, tag = each.__struct_config__.tag_field, each.__struct_config__.tag
        component = components.get(each.__name__)
        if field is not None and component is not None:
            component["properties"] = {field: {"type": "string", "const": tag}, **component.get("properties", {})}
            component["required"] = sorted({field, *component.get("required", ())})
            component["additionalProperties"] = False
        _add_kinds(components, each)


def _told_apart(chosen: Iterable[Schema], components: Schema) -> Schema:
    named = {option["$ref"].rpartition("/")[2]: option["$ref"] for option in chosen}
    kinds = {components[name]["properties"]["kind"]["const"]: ref for name, ref in named.items()}
    return {"propertyName": "kind", "mapping": kinds}


def _complete_tags(operation: Schema) -> None:
    """A page that everybody sees alike has a tag, and is not sent again to those who know it (RFC 9110, 13.1.2)."""
    tag = {"description": "The tag of this page.", "schema": {"type": "string"}}
    known = {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}
    operation.setdefault("parameters", []).append({**known, "description": "Tags of the pages that you have."})
    operation["responses"]["200"] = {**operation["responses"]["200"], "headers": {"ETag": tag}}
    operation["responses"]["304"] = {"description": "You have this page", "headers": {"ETag": tag}}


def _files(shown: Mapping[str, str]) -> Schema:
    """A file, sent as one of these kinds, with how it looks."""
    return {media: {"schema": {"type": "string"}, "example": example} for media, example in shown.items()}


def _raw_answers(answers: Schema) -> Schema:
    """A provider is answered in its own format, whichever status that takes; before it is known, by the door as anybody."""
    own = {"description": "The provider's own acknowledgement", "content": {"*/*": {"schema": {"type": "string"}}}}
    ours = {status: answer for status, answer in answers.items() if status in ("400", "404", "408", "413", "503")}
    either = {status: answer | {"content": answer["content"] | own["content"]} for status, answer in ours.items()}
    return dict.fromkeys(("200", "204", "401", "500"), own) | ours | {status: either[status] for status in ("400", "404")}


def _either(answer: Schema, problem: Schema) -> Schema:
    """What is done, or waits for somebody else, under one status."""
    told = {**problem, **answer, "description": f"{answer['description']} · {problem['description']}"}
    return {**told, "content": {**answer.get("content", {}), **problem["content"]}}


def _problem_answers(refused: Iterable[type[DomainError]]) -> Schema:
    by_status: dict[int, list[type[DomainError]]] = defaultdict(list)
    for each in refused:
        by_status[status_of(each)].append(each)
    return {str(status): _problem_answer(status, by_status[status]) for status in sorted(by_status)}


def _problem_answer(status: int, refused: list[type[DomainError]]) -> Schema:
    codes = sorted({each.code for each in refused})
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    answer: Schema = {
        "description": " · ".join(f"`{each.code}` {each.sentence()}" for each in sorted(refused, key=lambda each: each.code)),
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
        "x-codes": codes,
    }
    headers = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
    if status in headers:
        answer["headers"] = {headers[status]: {"schema": {"type": "string"}}}
    return answer


def _example(refused: type[DomainError]) -> Schema:
    has_fields = refused in (errors.InvalidInput, refusals.Malformed)
    problem = ProblemShape(
        type=type_of(refused.code),
        title=HTTPStatus(status_of(refused)).phrase,
        status=status_of(refused),
        detail=refused.sentence(),
        code=refused.code,
        errors=problem_of(errors.InvalidInput(problems=(_AN_EXAMPLE,))).errors if has_fields else (),
        error_id="3f9a1c0b7d2e4856" if refused is refusals.Failed else None,
    )
    return {"summary": refused.sentence(), "value": msgspec.to_builtins(problem)}


def _add_problem_shapes(components: Schema) -> None:
    text = {"type": "string"}
    components["FieldProblem"] = {
        "type": "object",
        "description": "One thing wrong with one field.",
        "required": ["field", "message", "rule"],
        "properties": {"field": text, "rule": text, "message": text},
    }
    components["Problem"] = {
        "type": "object",
        "description": "A refusal (RFC 9457): `code` is stable, `detail` is for people, `errors` names the fields to blame.",
        "required": ["code", "detail", "status", "title", "type"],
        "properties": {
            **dict.fromkeys(("type", "title", "detail", "code", "error_id"), text),
            "status": {"type": "integer", "minimum": 202, "maximum": 599},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
            "facts": {"type": "object", "additionalProperties": True},
        },
    }


def _close_objects(components: Schema) -> None:
    for component in components.values():
        if component.get("type") == "object" and "properties" in component:
            component.setdefault("additionalProperties", False)


def _add_examples(schema: Schema) -> None:
    components = schema["components"]["schemas"]
    for item in schema["paths"].values():
        for operation in (part for part in item.values() if isinstance(part, dict) and "responses" in part):
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media in (body.get("content", {}).get("application/json") for body in bodies):
                if media and "schema" in media:
                    media["example"] = example_of(media["schema"], components)


def _takes_key(model: Any) -> bool:
    return any(parameter.field_alias.lower() == "idempotency-key" for parameter in model.expected_header_params)


def _whole_if_it_is(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number
