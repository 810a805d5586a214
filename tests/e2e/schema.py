"""Checks a JSON value against the part of JSON Schema (draft 7) that our schemas use; any other keyword is an error."""

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
NOTES = {"$schema", "$id", "title", "description"}


def is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def problems(value, schema, path="$"):
    """Each problem as a line "PATH: what is wrong"; none for a valid value."""
    if "type" in schema and not is_type(value, schema["type"]):
        yield f"{path}: {value!r:.60} is not of type {schema['type']}"
        return
    for keyword, wanted in schema.items():
        if keyword not in NOTES and keyword != "type":
            yield from CHECKS[keyword](value, wanted, path)  # KeyError: a keyword that nobody checks


def check_required(value, names, path):
    yield from (f"{path}: {name} is missing" for name in names if name not in value)


def check_properties(value, schemas, path):
    for name in value:
        if name in schemas:
            yield from problems(value[name], schemas[name], f"{path}.{name}")


def check_items(value, schema, path):
    for i, item in enumerate(value):
        yield from problems(item, schema, f"{path}[{i}]")


def check(is_right, what):
    """A check that says `what` unless `is_right`."""
    def run(value, wanted, path):
        if not is_right(value, wanted):
            yield f"{path}: {value!r:.60} {what} {wanted!r:.60}"
    return run


CHECKS = {
    "enum": check(lambda value, wanted: value in wanted, "is none of"),
    "const": check(lambda value, wanted: value == wanted, "is not"),
    "minimum": check(lambda value, wanted: not is_type(value, "number") or value >= wanted, "is less than"),
    "required": check_required,
    "properties": check_properties,
    "items": check_items,
}
