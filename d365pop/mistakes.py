"""Turns what pydantic says of a configuration into lines that a person can act on; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_origin

from pydantic import BaseModel, ValidationError

from d365pop.framework_settings import PATTERNS as FRAMEWORK_PATTERNS
from d365pop.setting_types import PATTERNS
from d365pop.settings import Settings
from d365pop.suggestions import did_you_mean
from d365pop.toml_lines import line_of

_WORDS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_type": "must be a text",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "too_short": "needs at least one entry",
}


def mistakes_of(error: ValidationError, text: str) -> Iterator[str]:
    """Yield a line a mistake, each with its path; ``text`` is the file's."""
    details = error.errors()
    # A list whose items are all wrong is reported as too short as well: the items say enough.
    inner = {detail["loc"][:-2] for detail in details}
    for detail in details:
        if detail["type"] != "too_short" or detail["loc"] not in inner:
            # What is wrong between two tables has no path; it names them itself.
            yield ": ".join(filter(None, (place_of(detail["loc"]), _words(detail, text))))


def place_of(loc: Sequence[int | str]) -> str:
    """Return a path as the file's reader counts: ``forms #2.table``."""
    text = "".join(f" #{part + 1}" if isinstance(part, int) else f".{part}" for part in loc)
    return text.lstrip(".").removesuffix(".[key]")


def _words(detail: Any, text: str) -> str:  # noqa: ANN401 - pydantic's ErrorDetails, whose import costs time
    match detail["type"]:
        case "extra_forbidden":
            *parents, key = detail["loc"]
            line = line_of(text, detail["loc"])
            where = f" in line {line}" if line else ""
            return f"unknown key{where}{did_you_mean(str(key), _known_keys(parents))}"
        case "string_pattern_mismatch":
            return (PATTERNS | FRAMEWORK_PATTERNS)[detail["ctx"]["pattern"]]
        case "literal_error":
            expected: str = detail["ctx"]["expected"]
            known = expected.replace(" or ", ", ").replace("'", "").split(", ")
            return f"must be {expected}{did_you_mean(str(detail['input']), known)}"
        case kind if kind in _WORDS:
            return _WORDS[kind]
        case _:
            message: str = detail["msg"].removeprefix("Value error, ")
            return message[0].lower() + message[1:]


def _known_keys(place: Sequence[int | str]) -> list[str]:
    """Return the keys of the table that ``place`` leads to."""
    model: Any = Settings
    is_name = False
    for part in place:
        if isinstance(part, str) and not is_name:
            annotation = model.model_fields[part].annotation
            is_name = get_origin(annotation) is dict
            model = _model_inside(annotation)
        else:  # which entry of a list, or of a table of tables
            is_name = False
    return list(model.model_fields)


def _model_inside(annotation: Any) -> Any:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        if (found := _model_inside(argument)) is not None:
            return found
    return None
