"""Holds a request's body against GitHub's published OpenAPI description, where its npm package is installed beside this file.

The description is big, so only the operations that the fake knows are looked up, and references are followed as they come.
"""
import json
import re
from pathlib import Path

DESCRIPTION = Path(__file__).parent / "node_modules/@octokit/openapi/generated/api.github.com.json"
EXAMPLES = Path(__file__).parent / "node_modules/@octokit/webhooks-examples"


class Contract:
    """The published description; `Contract.load()` is None where it is not installed."""

    _loaded = None

    def __init__(self, description):
        self.description = description
        self.paths = [(re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path.replace("{path}", ".+")) + "$"), path) for path in description["paths"]]
        # The most literal path wins: /issues/comments/{id} before /issues/{number}/{x}.
        self.paths.sort(key=lambda pair: pair[1].count("{"))

    @classmethod
    def load(cls):
        if cls._loaded is None and DESCRIPTION.exists():
            cls._loaded = cls(json.loads(DESCRIPTION.read_text()))
        return cls._loaded

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.description
            for part in node["$ref"].lstrip("#/").split("/"):
                target = target[part]
            node = target
        return node

    def operation(self, method, path):
        for pattern, template in self.paths:
            if pattern.match(path):
                found = self.description["paths"][template].get(method.lower())
                if found:
                    return template, found
        return None, None

    def problems(self, method, path, query, body):
        """What is wrong with the request, as sentences; an empty list when nothing is."""
        template, operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path} is not in the published description"]
        off = []
        known = {p["name"] for p in map(self.resolve, operation.get("parameters", [])) if p["in"] == "query"}
        for name in query:
            if name not in known:
                off.append(f"{method} {template} has no query parameter '{name}'")
        content = self.resolve(operation.get("requestBody", {})).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if body is not None and schema is None:
            off.append(f"{method} {template} takes no JSON body")
        elif body is not None:
            off += self.check(self.resolve(schema), body, "body")
        return off

    def check(self, schema, value, where):
        schema = self.resolve(schema)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                tries = [self.check(choice, value, where) for choice in schema[keyword]]
                if all(tries):
                    return min(tries, key=len)
        off = []
        for part in schema.get("allOf", []):
            off += self.check(part, value, where)
        if value is None:
            nullable = schema.get("nullable") or "null" in (schema.get("type") if isinstance(schema.get("type"), list) else [])
            return off if nullable or "type" not in schema else off + [f"{where} must not be null"]
        return off + self.check_type(schema, value, where)

    def check_type(self, schema, value, where):
        kind = schema.get("type")
        kinds = kind if isinstance(kind, list) else [kind] if kind else []
        classes = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
        if kinds and not any(isinstance(value, classes[k]) and not (isinstance(value, bool) and k in ("integer", "number")) for k in kinds if k in classes):
            return [f"{where} is {type(value).__name__}, not {kind}"]
        off = []
        if "enum" in schema and value not in schema["enum"]:
            off.append(f"{where} is {value!r}, not one of {schema['enum']}")
        if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
            off.append(f"{where} has {len(value)} characters; the limit is {schema['maxLength']}")
        if isinstance(value, list):
            if len(value) > schema.get("maxItems", len(value)):
                off.append(f"{where} has {len(value)} items; the limit is {schema['maxItems']}")
            for i, item in enumerate(value):
                off += self.check(schema.get("items", {}), item, f"{where}[{i}]")
        if isinstance(value, dict):
            off += self.check_object(schema, value, where)
        return off

    def check_object(self, schema, value, where):
        properties = schema.get("properties", {})
        off = [f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in properties:
                off += self.check(properties[name], item, f"{where}.{name}")
            elif properties and not schema.get("additionalProperties"):
                off.append(f"{where}.{name} is not in the published description")
        return off


def webhook_examples():
    """Every published example as (event, payload), of github.com and of each GHES; an empty list where they are not installed."""
    found = []
    for file in sorted(EXAMPLES.glob("*/index.json")):
        for event in json.loads(file.read_text()):
            found += [(event["name"], payload) for payload in event["examples"]]
    return found
