"""Turns the validation errors of the schema into findings with places and remedies."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dossier.names.likeness import did_you_mean, nearest
from dossier.read import guesses
from dossier.read.placed_yaml import BULLET, KeyPath, Places, bullet, no_space
from dossier.records.diagnostics import Diagnostic

GUESSES: Mapping[str, Callable[[str], str | None]] = {
    "country": guesses.country,
    "language": guesses.language,
    "edtf": guesses.date,
    "parts": guesses.date,
    "day": partial(guesses.date, day=True),
    "url": guesses.address,
    "output": guesses.output,
}
"""The function that guesses what an editor meant, by the type of the validation error."""


def wording(error: ValidationError, model: type[BaseModel], places: Places) -> list[Diagnostic]:
    """Return the findings of a validation error, each with its place in the file and its remedy."""
    found = _without_echoes(error.errors())
    misspelt = {
        (details["loc"][:-1], nearest(str(details["loc"][-1]), keys_of(model, details["loc"][:-1])))
        for details in found
        if details["type"] == "extra_forbidden"
    }
    return [
        _finding(details, model, places)
        for details in found
        if not (
            details["type"] == "missing" and (details["loc"][:-1], details["loc"][-1]) in misspelt
        )
    ]


def _without_echoes(found: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out errors that a list is too short if the list has faulty entries."""
    locations = [details["loc"] for details in found]
    return [
        details
        for details in found
        if details["type"] != "too_short"
        or not any(
            len(other) > len(details["loc"]) and other[: len(details["loc"])] == details["loc"]
            for other in locations
        )
    ]


def _finding(details: ErrorDetails, model: type[BaseModel], places: Places) -> Diagnostic:
    """Return the finding of one error."""
    where: KeyPath = tuple(part for part in details["loc"] if part != "[key]")
    name = str(where[-1]) if where else ""
    thing = _thing(where, model)
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    at_key = "[key]" in details["loc"]
    match details["type"]:
        case "extra_forbidden":
            remedy = _remedy_of_key(name, value, where, model)
            return places.error(places.of_key(where), f"The key “{name}” is unknown", remedy)
        case "missing":
            message = f"The key “{name}” is missing"
            return places.error(places.of_key(where[:-1]), message, f"Add “{name}: …”.")
        case "string_pattern_mismatch" if at_key or name == "id":
            of_work = not at_key
            message = f"“{value}” cannot be {'the id of a work' if of_work else 'an id'}"
            rule = (
                "Use letters, digits and hyphens, and no spaces, as in White-Paper-2012."
                if of_work
                else "Use small letters a to z, digits and single hyphens, as in free-letters-union."
            )
            remedy = guesses.identifier(str(value), capitals=of_work) or rule
            place = places.of_key(where) if at_key else places.of(where)
            return places.error(place, message, remedy)
        case "string_too_short" | "too_short" if isinstance(value, str):
            message = f"{thing} is empty"
            return places.error(places.of(where), message, _remedy_of_empty(where, model))
        case "too_short" if context["min_length"] == 1:
            message = f"{thing} is empty"
            return places.error(places.of(where), message, _remedy_of_empty(where, model))
        case "too_short":
            message = f"{thing} has fewer than {context['min_length']} entries"
            return places.error(places.of(where), message, "Complete it, or remove it.")
        case _:
            message, remedy = _of_value(details, where, model, thing)
            return places.error(places.of(where), message, remedy)


def _of_value(
    details: ErrorDetails, where: KeyPath, model: type[BaseModel], thing: str
) -> tuple[str, str]:
    """Return message and remedy for an invalid value, which the message calls ``thing``."""
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    match details["type"]:
        case "literal_error":
            choices = [
                part.strip("' ") for part in context["expected"].replace(" or ", ",").split(",")
            ]
            holder = next((part for part in reversed(where) if isinstance(part, str)), "")
            return f"“{value}” is not a value of “{holder}”", guesses.unquoted(
                value
            ) or did_you_mean(str(value), choices, f"The values are: {', '.join(choices)}.")
        case "string_type" | "model_type" | "dict_type" | "tuple_type" | "list_type" if (
            value is None
        ):
            return f"{thing} is empty", _remedy_of_empty(where, model)
        case "string_type":
            remedy = "Write one text, in quotes if it begins with a bracket or has a colon."
            return f"{thing} must be a text, not {_kind(value)}", remedy
        case "float_parsing" | "int_parsing" | "float_type" | "int_type" | "int_from_float":
            message = f"{thing} must be a number, not “{value}”"
            return message, "Write it in figures, as in 12."
        case "greater_than" | "greater_than_equal" | "less_than_equal":
            return _out_of_range(thing, value, context)
        case "tuple_type" | "list_type":
            remedy = "Write each entry on its own line, beginning with “- ”."
            if isinstance(value, str) and (sign := BULLET.match(value)):
                remedy = bullet(sign[1] or sign[2] or sign[3])
            if where[:1] == ("distinct",) and len(where) == 2:
                remedy = "Write each pair on its own line, as in - [one-id, other-id]."
            return f"{thing} must be a list, not {_kind(value)}", remedy
        case "model_type" | "dict_type" | "model_attributes_type":
            if match := isinstance(value, str) and GLUED.match(value):
                return no_space(match[1], match[2])
            message = f"{thing} must hold keys and values, not {_kind(value)}"
            return message, _remedy_of_shape(value, where, model)
        case _:
            guess = GUESSES.get(details["type"])
            known = guess(str(context.get("written") or value)) if guess else None
            remedy = str(context.get("remedy", "Correct the value."))
            message = str(context.get("message", details["msg"]))
            return message, guesses.unquoted(value) or known or remedy


def _out_of_range(thing: str, value: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and remedy for a number that is too small or too large."""
    if "le" in context:
        return f"{thing} is too large: {value}", f"Write a number of {context['le']:g} or less."
    if "ge" in context:
        return f"{thing} is too small: {value}", f"Write a number of {context['ge']:g} or more."
    return f"{thing} is too small: {value}", f"Write a number above {context['gt']:g}."


def without_faults(error: ValidationError, data: dict[str, Any]) -> dict[str, Any]:
    """Return ``data`` without its faulty parts, so that the rest can still be checked.

    Faulty values of mappings and faulty entries of lists are removed; in a list at the top level, None
    replaces them, so that the others keep their positions.
    """
    copied = copy.deepcopy(data)
    for details in error.errors():
        where = [part for part in details["loc"] if part != "[key]"]
        _take_out(copied, where[:-1] if details["type"] == "missing" else where)
    for item in copied.values():
        _close_up(item)
    return copied


def _take_out(data: dict[str, Any], where: list[str | int]) -> None:
    holder: Any = data
    for part in where[:-1]:
        inner = holder.get(part) if isinstance(holder, dict) else None
        if not isinstance(inner, dict | list):
            where = where[: where.index(part) + 1]
            break
        if isinstance(inner, list):
            where = where[: where.index(part) + 2]
            holder = inner
            break
        holder = inner
    if not where:
        return
    if isinstance(holder, list) and isinstance(where[-1], int):
        holder[where[-1]] = None
    elif isinstance(holder, dict):
        holder.pop(where[-1], None)


def _close_up(data: Any) -> None:
    """Remove None from the lists in a mapping."""
    if isinstance(data, dict):
        for key, item in data.items():
            if isinstance(item, list):
                data[key] = [part for part in item if part is not None]
            _close_up(data[key])


def keys_of(model: type[BaseModel], where: KeyPath) -> list[str]:
    """Return the keys that may stand at ``where`` in a document of ``model``."""
    found = model_at(model, where)
    return [info.alias or key for key, info in found.model_fields.items()] if found else []


def model_at(model: type[BaseModel], where: KeyPath) -> type[BaseModel] | None:
    """Return the model of the value at ``where`` in a document of ``model``; None for plain values."""
    current: Any = model
    for part in where:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = current.model_fields
            current = next(
                (info.annotation for key, info in fields.items() if part in (key, info.alias)), None
            )
            current = _but_none(current)
        else:
            current = _held(current)
    return _model_in(current)


def _held(annotation: Any) -> Any:
    """Return the type of the values of a list or mapping; the annotation itself where it is neither."""
    inside = [item for item in get_args(annotation) if item not in (type(None), Ellipsis)]
    return _but_none(inside[-1]) if inside else annotation


def _but_none(annotation: Any) -> Any:
    """Return an annotation without ``| None`` and without validators."""
    kinds = get_args(annotation)
    inside = [item for item in kinds if item is not type(None)]
    if len(kinds) == 2 and len(inside) == 1:
        annotation = inside[0]
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for item in get_args(annotation):
        if found := _model_in(item):
            return found
    return None


def _thing(where: KeyPath, model: type[BaseModel]) -> str:
    """Return the subject of a message about the value at ``where``."""
    if not where:
        return "The front matter" if model.__name__ == "FrontMatter" else "The file"
    holder = next((str(part) for part in reversed(where) if isinstance(part, str)), "")
    return f"An entry of “{holder}”" if isinstance(where[-1], int) else f"“{holder}”"


GLUED = re.compile(r"([^\W\d][\w-]*):(?!//)([^\s:].*?)(?=\s[\w-]+:\S|$)")
"""A key and its value that YAML has read as a single text, because the space after the colon is missing."""
MANY = 30
"""The greatest number of keys that a remedy lists; CSL has more."""


def _remedy_of_key(name: str, value: Any, where: KeyPath, model: type[BaseModel]) -> str:
    """Return the remedy for an unknown key."""
    known = keys_of(model, where[:-1])
    keys = (
        f"The keys here are: {', '.join(known)}."
        if len(known) <= MANY
        else "Remove it, or write what it says under “note”."
    )
    if value is None and (match := GLUED.fullmatch(name)):
        return no_space(match[1], match[2])[1]
    if "\u00a0" in name:
        return "Put plain spaces in the place of its no-break spaces."
    if value is None or (isinstance(value, str) and len(where) > 1 and isinstance(where[-2], int)):
        # A text split at a comma or colon looks like a key.
        keys += " If it is part of a text, put the whole text in quotes."
    return guesses.key(name, known) or did_you_mean(name, known, keys)


def _remedy_of_empty(where: KeyPath, model: type[BaseModel]) -> str:
    """Return the remedy for a missing value."""
    if where and isinstance(where[-1], int):
        return "Write it, or remove its line."
    held = model_at(model, where[:-1])
    fields = (
        {info.alias or key: info.is_required() for key, info in held.model_fields.items()}
        if held
        else {}
    )
    return (
        "Write its value."
        if where and fields.get(str(where[-1]))
        else "Write its value, or remove the key."
    )


def _remedy_of_shape(value: Any, where: KeyPath, model: type[BaseModel]) -> str:
    """Return the remedy for a value that should be a mapping."""
    match where:
        case ("organizations" | "people",):
            return "Write each entry under its id, as in free-letters-union: {name: Free Letters Union}."
        case (*_, "native"):
            return "Put the language before the name, as in native: {ja: …}."
        case (*_, "identifiers"):
            return "Put its kind before the identifier, as in identifiers: {wikidata: …}."
    known = keys_of(model, where)
    if len(known) > MANY:
        return "Write its keys as “key: value” lines, “id”, “type” and “title” at least."
    return f"Write “key: value” lines; the keys are: {', '.join(known)}."


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list | tuple) else "a text"
