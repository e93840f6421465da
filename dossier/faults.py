"""The wording of what the schema finds: a validation error in, diagnostics with places out."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dossier.diagnostics import Diagnostic, did_you_mean, nearest
from dossier.marked_yaml import Marks, Path


def wording(error: ValidationError, model: type[BaseModel], marks: Marks) -> list[Diagnostic]:
    """Return every finding of ``error`` with its place in the file and what to do about it."""
    found = error.errors()
    misspelt = {
        (details["loc"][:-1], nearest(str(details["loc"][-1]), keys_of(model, details["loc"][:-1])))
        for details in found
        if details["type"] == "extra_forbidden"
    }
    return [
        _one(details, model, marks)
        for details in found
        if not (
            details["type"] == "missing" and (details["loc"][:-1], details["loc"][-1]) in misspelt
        )
    ]


def _one(details: ErrorDetails, model: type[BaseModel], marks: Marks) -> Diagnostic:
    where: Path = tuple(part for part in details["loc"] if part != "[key]")
    name = str(where[-1]) if where else "the file"
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    at_key = "[key]" in details["loc"]
    match details["type"]:
        case "extra_forbidden":
            known = keys_of(model, where[:-1])
            remedy = did_you_mean(name, known, f"The keys here are: {', '.join(known)}.")
            return marks.error(marks.of_key(where), f"The key “{name}” is unknown", remedy)
        case "missing":
            message = f"The key “{name}” is missing"
            return marks.error(marks.of_key(where[:-1]), message, f"Add “{name}: …”.")
        case "string_pattern_mismatch" if at_key or name == "id":
            message = f"“{value}” cannot be an id"
            remedy = (
                "Use small letters a to z, digits and single hyphens, as in free-letters-union."
            )
            return marks.error(marks.of_key(where), message, remedy)
        case "string_too_short" | "too_short" if isinstance(value, str):
            message = f"“{name}” is empty"
            return marks.error(marks.of(where), message, "Write its value, or remove the key.")
        case "too_short":
            count = context["min_length"]
            message = (
                f"“{_holder(where)}” has fewer than {count} {'entry' if count == 1 else 'entries'}"
            )
            return marks.error(marks.of(where), message, "Complete it, or remove it.")
        case "literal_error":
            choices = [
                part.strip("' ") for part in context["expected"].replace(" or ", ",").split(",")
            ]
            message = f"“{value}” is not a value of “{name}”"
            remedy = did_you_mean(str(value), choices, f"The values are: {', '.join(choices)}.")
            return marks.error(marks.of(where), message, remedy)
        case "string_type" | "model_type" | "dict_type" | "tuple_type" | "list_type" if (
            value is None
        ):
            message = f"“{_holder(where)}” is empty"
            held = model_at(model, where[:-1])
            needed = (
                held is not None
                and name in held.model_fields
                and held.model_fields[name].is_required()
            )
            remedy = "Write its value." if needed else "Write its value, or remove the key."
            return marks.error(marks.of(where), message, remedy)
        case "string_type":
            message = f"“{_holder(where)}” must be a text, not {_kind(value)}"
            return marks.error(marks.of(where), message, "Write it on one line.")
        case "tuple_type" | "list_type":
            message = f"“{name}” must be a list, not {_kind(value)}"
            remedy = "Write each entry on its own line, beginning with “- ”."
            return marks.error(marks.of(where), message, remedy)
        case "model_type" | "dict_type" | "model_attributes_type":
            message = f"“{_holder(where)}” must hold keys and values, not {_kind(value)}"
            return marks.error(marks.of(where), message, "Write it as “key: value” lines.")
        case _:
            message = str(context.get("message", details["msg"]))
            remedy = str(context.get("remedy", "Correct the value."))
            return marks.error(marks.of(where), message, remedy)


def without_faults(
    error: ValidationError, data: dict[str, Any], placeholders: dict[str, Any]
) -> dict[str, Any]:
    """Return ``data`` without what ``error`` complains of, so that the rest can still be checked.

    Of the lists and mappings at the top only the faulty entries go; a list keeps its length, with None
    in their place. ``placeholders`` stand in for required keys.
    """
    copied = {
        key: dict(value)
        if isinstance(value, dict)
        else list(value)
        if isinstance(value, list)
        else value
        for key, value in data.items()
    }
    for details in error.errors():
        first, *rest = details["loc"] or ("",)
        held = copied.get(str(first))
        if rest and isinstance(held, dict) and first != "to":
            held.pop(str(rest[0]), None)
        elif rest and isinstance(held, list) and isinstance(rest[0], int):
            held[rest[0]] = None
        else:
            copied.pop(str(first), None)
    return placeholders | copied


def keys_of(model: type[BaseModel], where: Path) -> list[str]:
    """Return the keys that may stand at ``where`` in a document of ``model``."""
    found = model_at(model, where)
    return [info.alias or key for key, info in found.model_fields.items()] if found else []


def model_at(model: type[BaseModel], where: Path) -> type[BaseModel] | None:
    """Return the model of what stands at ``where`` in a document of ``model``; None for plain values."""
    current: Any = model
    for part in where:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = current.model_fields
            current = next(
                (info.annotation for key, info in fields.items() if part in (key, info.alias)), None
            )
            current = _held(current, skip_containers=False)
        else:
            current = _held(current, skip_containers=True)
    return _model_in(current)


def _held(annotation: Any, skip_containers: bool) -> Any:
    """Return what a list or a mapping holds, or the annotation itself where it is neither."""
    inside = [item for item in get_args(annotation) if item not in (type(None), Ellipsis)]
    if inside and skip_containers:
        return inside[-1]
    return annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for item in get_args(annotation):
        if found := _model_in(item):
            return found
    return None


def _holder(where: Path) -> str:
    """Return the name of the nearest key at or above ``where``."""
    return next((str(part) for part in reversed(where) if isinstance(part, str)), "the file")


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list | tuple) else "a text"
