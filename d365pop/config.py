"""``d365pop.toml`` and ``D365POP_*`` variables as one checked value; sole reader of os.environ.

Says everything that is wrong at once; refuses to know what the values are used for.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from d365pop.ci import VARIABLES, Pipeline, detect
from d365pop.errors import ConfigurationError
from d365pop.settings import PATTERNS, SECRET_VARIABLE, Settings, did_you_mean

# D365POP_* variables that are no keys of the file: a secret, and two for the test suite.
RESERVED_VARIABLES: Final = frozenset({SECRET_VARIABLE, "D365POP_CHROMIUM", "D365POP_PICTURES"})


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read, override and check the configuration.

    Raises:
        ConfigurationError: the file is missing or malformed, or a value is not as it must be;
            every mistake is in the context, one a line, with its path.
    """
    text = _read(path)
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            "configuration-malformed",
            f"{path} is not valid TOML.",
            context=_point_at(text, str(error)),
            hint="Mend the line shown.",
        ) from error
    _refuse_secrets(document, path)
    mistakes = _override(document, environ)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        mistakes += _mistakes(error)
    if mistakes:
        raise ConfigurationError(
            "configuration-invalid",
            f"{path} has {len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}.",
            context="\n".join(mistakes),
            hint="Compare with the file that `d365pop init` writes.",
        )
    return settings


def secret(variable: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret that ``variable`` holds.

    Raises:
        ConfigurationError: the variable is not set or empty.
    """
    value = environ.get(variable, "")
    if not value:
        raise ConfigurationError(
            "secret-missing",
            f"The variable {variable} holds no client secret.",
            hint=f"Set {variable} in the shell or in the pipeline's secrets.",
        )
    return value


def pipeline(environ: Mapping[str, str] = os.environ) -> Pipeline | None:
    """Return the pipeline that we run in, if we do."""
    return detect({name: environ[name] for name in VARIABLES if name in environ})


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationError(
            "configuration-missing",
            f"There is no {path}.",
            hint="Run `d365pop init` to write one, or name another with --config.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "configuration-unreadable", f"{path} cannot be read.", context=str(error)
        ) from error


def _point_at(text: str, message: str) -> str:
    found = re.search(r"at line (\d+), column (\d+)", message)
    if not found:
        return message
    number, column = int(found[1]), int(found[2])
    line = text.splitlines()[number - 1] if number <= text.count("\n") + 1 else ""
    margin = f"{number} | "
    return f"{message}\n{margin}{line}\n{' ' * (len(margin) + column - 1)}^"


def _refuse_secrets(document: Mapping[str, Any], path: Path) -> None:
    for place in _secret_keys(document, ""):
        raise ConfigurationError(
            "secret-in-configuration",
            f"{path} holds a secret: {place}.",
            context="The file is meant for version control.",
            hint=f"Remove it, set the variable {SECRET_VARIABLE}, and renew the secret.",
        )


def _secret_keys(node: object, path: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            place = f"{path}.{key}".lstrip(".")
            if re.search(r"secret$|password|passphrase|token$", key.lower()):
                yield place
            yield from _secret_keys(value, place)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _secret_keys(value, f"{path}[{index}]")


def _override(document: dict[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Put D365POP_TABLE__KEY variables into ``document``; return what is wrong with them."""
    mistakes = []
    reserved = RESERVED_VARIABLES | set(_secret_variables(document))
    for variable in sorted(environ):
        if not variable.startswith("D365POP_") or variable in reserved:
            continue
        *tables, key = variable.removeprefix("D365POP_").lower().split("__")
        if not tables:
            mistakes.append(f"{variable}: names no key; write D365POP_TABLE__KEY")
            continue
        node = document
        for table in tables:
            child = node.setdefault(_as_written(node, table), {})
            if not isinstance(child, dict):
                mistakes.append(f"{variable}: {table} is no table")
                break
            node = child
        else:
            node[_as_written(node, key)] = _variable_value(environ[variable])
    return mistakes


def _as_written(table: Mapping[str, Any], name: str) -> str:
    """Return the key of ``table`` that a variable means: its name has lost the case."""
    return next((key for key in table if key.lower() == name), name)


def _secret_variables(document: Mapping[str, Any]) -> Iterator[str]:
    environments = document.get("environments")
    for table in environments.values() if isinstance(environments, Mapping) else ():
        name = table.get("client_secret_variable") if isinstance(table, Mapping) else None
        if isinstance(name, str):
            yield name


def _variable_value(text: str) -> object:
    """Return a list or inline table as TOML reads it, anything else as the text itself."""
    if text.startswith(("[", "{")):
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def _mistakes(error: ValidationError) -> list[str]:
    details = error.errors()
    # A list whose items are all wrong is reported as too short as well: the items say enough.
    inner = {detail["loc"][:-2] for detail in details}
    return [
        _mistake(detail)
        for detail in details
        if not (detail["type"] == "too_short" and detail["loc"] in inner)
    ]


def _mistake(detail: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails, without its import cost
    place = _place(detail["loc"])
    if detail["type"] == "extra_forbidden":
        *parents, key = detail["loc"]
        return f"{place}: unknown key{did_you_mean(str(key), _known_keys(parents))}"
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "string_pattern_mismatch":
        message = PATTERNS[detail["ctx"]["pattern"]]
    return f"{place}: {message[0].lower()}{message[1:]}" if place else message


def _place(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".").removesuffix(".[key]")


def _known_keys(place: list[int | str]) -> list[str]:
    """Return the keys of the table that ``place`` leads to."""
    model: Any = Settings
    for part in place:
        if isinstance(part, str) and isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[part].annotation
        model = _model_inside(model)
    return list(model.model_fields)


def _model_inside(annotation: Any) -> Any:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        if (found := _model_inside(argument)) is not None:
            return found
    return None
