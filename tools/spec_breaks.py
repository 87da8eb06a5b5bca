"""What breaks users of a specification, and oasdiff does not look at. Both documents are OpenAPI 3, as mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
HERE = [{"url": "/"}]  # where a document that names no server is served, says OpenAPI


def overlooked(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield what breaks, for the operations that are in both documents."""
    after = operations(new)
    for (method, path), before in operations(old).items():
        if (method, path) in after:
            pair = before, after[method, path]
            held = objects(old, before), objects(new, pair[1])
            found = (*lost_servers(*pair), *lost_default(*pair), *other_objects(*held))
            yield from (f"{method.upper()} {path}: {what}" for what in found)


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the operations by method and path, each with the servers that count for it."""
    return {
        (method, path): {"servers": item.get("servers") or document.get("servers") or HERE} | item[method]
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    }


def lost_servers(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield the servers that are gone. The first is the one that a client takes by itself."""
    before, after = ([server["url"] for server in operation["servers"]] for operation in (old, new))
    if before[0] != after[0]:
        yield f"its first server was {before[0]}, is {after[0]}"
    yield from (f"it is not served at {url} any more" for url in before[1:] if url not in after)


def lost_default(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield that the reply for all the other statuses is gone."""
    if "default" in old["responses"] and "default" not in new["responses"]:
        yield "the reply `default` is gone"


def other_objects(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Yield the objects whose further properties are others. A request may be opened; what a reply holds is a type."""
    for place in sorted(before.keys() & after.keys()):
        was, now = before[place], after[place]
        if was != now and not (place.startswith("request ") and now is True):
            yield f"{place}: additionalProperties was {was}, is {now}"


def objects(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """Return what `additionalProperties` says of each object that the operation takes or gives, by its place."""
    bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
    return {
        " ".join((name, media_type, *place)): allowed
        for name, body in bodies.items()
        for media_type, content in resolved(document, body).get("content", {}).items()
        for place, allowed in within(document, content.get("schema", {}))
    }


def within(
    document: dict[str, Any], schema: dict[str, Any], place: tuple[str, ...] = (), above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each object of a schema, and what it says of further properties, which are allowed unless forbidden."""
    if "$ref" in schema:
        if schema["$ref"] in above:  # it holds itself
            return
        above = (*above, schema["$ref"])
    schema = resolved(document, schema)
    if schema.get("type") == "object":
        yield place, schema.get("additionalProperties", True)
    inner = schema.get("properties", {}) | ({"[]": schema["items"]} if "items" in schema else {})
    for name, child in inner.items():
        yield from within(document, child, (*place, name), above)


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference within the document leads to; anything else as it is."""
    while "$ref" in node:
        target: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
