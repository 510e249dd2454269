"""Documents as objects of the schema: each fault is one sentence with its line."""

from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.slo_files.documents import Document, Place, PlacedError
from config.slo_files.schema import API_VERSION, KINDS, Object, known_keys

Model = TypeVar("Model", bound=BaseModel)


def parse(document: Document) -> tuple[Object | None, list[PlacedError]]:
    """The object, or why it is none."""
    content = document.content
    if not isinstance(content, dict):
        return None, [PlacedError((), f"a document is a mapping that begins with apiVersion: {API_VERSION}")]
    if content.get("apiVersion") != API_VERSION:
        told = f"apiVersion is {content.get('apiVersion')!r}; Burnline reads {API_VERSION}"
        return None, [PlacedError(("apiVersion",), told)]
    kind = content.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        return None, [PlacedError(("kind",), f"kind is {kind!r}; use one of {', '.join(KINDS)}")]
    try:
        return model.model_validate(without_empty(content)), []
    except ValidationError as error:
        return None, faults(error, ())


def without_empty(content: Any) -> Any:
    """Without keys that have no value: YAML writes an absent list so (`alertPolicies:`)."""
    if isinstance(content, dict):
        return {key: without_empty(value) for key, value in content.items() if value is not None}
    return [without_empty(value) for value in content] if isinstance(content, list) else content


def validated(model: type[Model], content: Any, place: Place) -> Model:
    """A part that another key decides the shape of. Raises PlacedError for the first thing that is wrong with it."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise faults(error, place)[0] from None


def faults(error: ValidationError, place: Place) -> list[PlacedError]:
    """One sentence for each place, in the order of the schema."""
    found: dict[Place, PlacedError] = {}
    for problem in error.errors(include_url=False):
        inside = tuple(part for part in problem["loc"] if part not in ("str", "list[str]", "int"))
        found.setdefault(inside, PlacedError((*place, *inside), _sentence(problem["type"], inside, problem)))
    return list(found.values())


def _sentence(kind: str, inside: Place, problem: Any) -> str:
    name = ".".join(str(part) for part in inside)
    if kind == "missing":
        return f"the key {name!r} is missing; add it"
    if kind == "extra_forbidden":
        near = get_close_matches(str(inside[-1]), known_keys(), n=1, cutoff=0.7)
        return f"unknown key {name!r}; " + (f"did you mean {near[0]!r}?" if near else "check its spelling or remove it")
    told = str(problem["msg"]).removeprefix("Value error, ")
    shown = problem["input"] if isinstance(problem["input"], str | int | Decimal) else None
    return f"{name}: {told[0].lower()}{told[1:]}" + ("" if shown is None else f", not {str(shown)!r}")
