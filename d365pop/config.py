"""``d365pop.toml`` and ``D365POP_*`` variables as one checked value; sole reader of os.environ.

Says everything that is wrong at once; refuses to know what the values are used for.
"""

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from d365pop.ci import VARIABLES, Pipeline, detect
from d365pop.cross_checks import cross_mistakes
from d365pop.errors import ConfigurationError
from d365pop.mistakes import mistakes_of
from d365pop.settings import (
    GENESYS_SECRET_VARIABLE,
    INSIGHTS_TOKEN_VARIABLE,
    SECRET_VARIABLE,
    Settings,
)
from d365pop.wording import plural

# D365POP_* variables that are no keys of the file: secrets, a browser, and one for the test suite.
RESERVED_VARIABLES: Final = frozenset(
    {
        *(SECRET_VARIABLE, GENESYS_SECRET_VARIABLE, INSIGHTS_TOKEN_VARIABLE),
        *("D365POP_CHROMIUM", "D365POP_PICTURES"),
    }
)

_SECRET_KEY: Final = re.compile(r"(?:secret|password|passphrase|token|private_key)$")
# A key or a token, whatever the name of what holds it.
_SECRET_VALUE: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|^eyJ[\w-]{5,}\.[\w-]+\.")


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
    mistakes, overridden = _override(document, environ)
    mistakes += _secret_mistakes(_take_secrets_out(document, ""), text)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        mistakes += mistakes_of(error, text)
    mistakes += cross_mistakes(document)
    if mistakes:
        raise ConfigurationError(
            "configuration-invalid",
            f"{path} has {plural(len(mistakes), 'mistake')}.",
            context="\n".join(_with_origin(mistake, overridden) for mistake in mistakes),
            hint="Compare with the file that `d365pop init` writes.",
        )
    return settings


def variables(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """Return a copy of the environment, for a sign-in: its secrets and its pipeline's addresses."""
    return dict(environ)


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


def _take_secrets_out(node: object, path: str) -> list[str]:
    """Remove every key that holds a secret; return the path of each."""
    found = []
    if isinstance(node, dict):
        for key in list(node):
            place = f"{path}.{key}".lstrip(".")
            value = node[key]
            if _SECRET_KEY.search(key.lower()) or (
                isinstance(value, str) and _SECRET_VALUE.search(value)
            ):
                del node[key]
                found.append(place)
            else:
                found += _take_secrets_out(value, place)
    elif isinstance(node, list):
        for number, value in enumerate(node, 1):
            found += _take_secrets_out(value, f"{path} #{number}")
    return found


def _secret_mistakes(places: Sequence[str], text: str) -> Iterator[str]:
    """Yield a mistake for each place, with its line and without its value."""
    seen: Counter[str] = Counter()
    for place in places:
        key = place.rpartition(".")[2]
        lines = [
            number
            for number, line in enumerate(text.splitlines(), 1)
            if re.search(rf"""(?:^|[\s,{{."'])["']?{re.escape(key)}["']?\s*=""", line)
        ]
        # The same key in several tables: they come in the order of the file.
        where = f" in line {lines[seen[key]]}" if seen[key] < len(lines) else ""
        seen[key] += 1
        yield f"{place}: holds a secret{where}; take it out, set {SECRET_VARIABLE} and renew it"


def _with_origin(mistake: str, overridden: Mapping[str, str]) -> str:
    """Name the variable, where a mistake came from one."""
    place = mistake.partition(":")[0]
    variable = next((name for key, name in overridden.items() if place.startswith(key)), "")
    return f"{mistake} (from {variable})" if variable else mistake


def _override(
    document: dict[str, Any], environ: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Put D365POP_TABLE__KEY variables into ``document``.

    Return what is wrong with them, and each variable by the path of what it set.
    """
    mistakes = []
    overridden = {}
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
            overridden[".".join((*tables, key))] = variable
    return mistakes, overridden


def _as_written(table: Mapping[str, Any], name: str) -> str:
    """Return the key of ``table`` that a variable means: its name has lost the case."""
    return next((key for key in table if key.lower() == name), name)


def _secret_variables(document: Mapping[str, Any]) -> Iterator[str]:
    environments = document.get("environments")
    for table in environments.values() if isinstance(environments, Mapping) else ():
        for key, name in table.items() if isinstance(table, Mapping) else ():
            if key.endswith("_variable") and isinstance(name, str):
                yield name


def _variable_value(text: str) -> object:
    """Return a list or inline table as TOML reads it, anything else as the text itself."""
    if text.startswith(("[", "{")):
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text
