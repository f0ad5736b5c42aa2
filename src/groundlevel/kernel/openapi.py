"""The registry already knows everything OpenAPI asks."""

from inspect import cleandoc
from typing import Any

import msgspec

from groundlevel.kernel.area import OPERATOR, PUBLIC, Area, Operation
from groundlevel.kernel.binding import Content
from groundlevel.kernel.versions import ACCEPTED, V3, as_of
from groundlevel.kernel.wire import camel

REFUSALS = {
    "400": "Bad Request",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not Found",
    "413": "Payload Too Large",
    "414": "URI Too Long",
    "415": "Unsupported Media Type",
    "422": "Unprocessable Entity",
    "429": "Too Many Requests",
}
PROBLEM = {
    "type": "object",
    "required": ["statusCode", "message"],
    "properties": {
        "statusCode": {"type": "integer"},
        "message": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "error": {"type": "string"},
        "traceId": {"type": "string"},
    },
}
JSON = "application/json"


def document(area: Area, version: str, server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of one area in one version."""
    memo: dict[Any, Any] = {}
    operations = [op for op in area.operations if version in op.versions]
    types = {id(t): t for op in operations for t in _types(op, version, memo)}
    schemas, components = msgspec.json.schema_components(types.values(), ref_template="#/components/schemas/{name}")
    of = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for op in operations:
        query, body, reply = (as_of(version, t, memo) for t in (op.query, op.body, op.reply))
        item = _operation(op, version, components, of.get(id(query), {}).get("$ref", "").rpartition("/")[2])
        if body is not None:
            required = not _is_struct(op.body) or any(f.required for f in msgspec.structs.fields(op.body))
            item["requestBody"] = {"required": required, "content": {JSON: {"schema": of[id(body)]}}}
        answer: dict[str, Any] = {"content": {JSON: {"schema": of[id(reply)]}}} if id(reply) in of else {}
        if op.reply is Content:
            answer = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
        item["responses"][str(op.status)] = {"description": "Done", **answer}
        paths.setdefault(op.path_in(version), {})[op.method.lower()] = item
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{area.title} ({version})", "version": version, "description": _doc(area)},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _is_struct(tp: Any) -> bool:
    return isinstance(tp, type) and issubclass(tp, msgspec.Struct)


def _doc(area: Area) -> str:
    return f"Compatible with the HighLevel API. Published for v2 under the version {area.version}."


def _types(op: Operation, version: str, memo: dict[Any, Any]) -> list[Any]:
    types = [as_of(version, t, memo) for t in (op.query, op.body, op.reply)]
    return [t for t in types if t not in (None, type(None), Content)]


def _operation(op: Operation, version: str, components: dict[str, Any], query: str) -> dict[str, Any]:
    doc = cleandoc(op.fn.__doc__ or "")
    parameters: list[dict[str, Any]] = [
        {"name": p, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for p in op.parameters
    ]
    if not op.area.versionless:
        accepted = (
            [V3] if version == V3 else [op.area.version, *(v for v in ACCEPTED if v not in (V3, op.area.version))]
        )
        schema = {"type": "string", "enum": accepted}
        parameters.append({"name": "Version", "in": "header", "required": not op.unsaid, "schema": schema})
    if query:
        shape = components[query]
        required = shape.get("required", [])
        for name, schema in shape["properties"].items():
            style = {"style": "form", "explode": True} if schema.get("type") == "array" else {}
            parameters.append({"name": name, "in": "query", "required": name in required, "schema": schema, **style})
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: dict[str, Any] = {s: {"description": d, "content": refusal} for s, d in REFUSALS.items()}
    return {
        "operationId": camel(op.fn.__name__),
        "summary": doc.split("\n", 1)[0],
        "description": f"{doc}\n\n{_rights(op)}",
        "tags": [op.area.title],
        "security": [] if op.scope == PUBLIC else [{"bearer": []}],
        "parameters": parameters,
        "responses": responses,
    }


def _rights(op: Operation) -> str:
    if op.scope == PUBLIC:
        return "Asks for no token."
    if op.scope == OPERATOR:
        return "Asks for the operator's key."
    whose = {"location": "a sub-account", "agency": "an agency", "either": "a sub-account or an agency"}[op.tokens]
    return f"Scope `{op.scope}`, with a token of {whose}."
