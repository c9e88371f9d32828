"""Deployment settings files, in the shape that the Power Platform CLI imports with.

Knows the shape and keeps what it does not know; refuses to know what a variable's value means.
Shape, and that an empty value leaves a variable alone: ``pac solution create-settings``.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from d365pop.errors import ConfigurationError
from d365pop.models import Json

VARIABLES: Final = "EnvironmentVariables"
REFERENCES: Final = "ConnectionReferences"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a file says: values by schema name, and its connection references as they stand."""

    values: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Json, ...] = ()

    def value(self, schema_name: str) -> str:
        """Return what the variable shall be, or nothing; names are compared as Dataverse does."""
        return str(_by_key(self.values, schema_name) or "")

    def others(self, schema_name: str) -> list[str]:
        """Return the names of everything else that is in the file."""
        names = (_by_key(each, "LogicalName") for each in self.references)
        rest = self._other_values(schema_name)
        return [*rest, *(name for name in names if isinstance(name, str))]

    def written(self, schema_name: str, value: str) -> bytes:
        """Return the file with the variable set to ``value``; the rest stays."""
        values = {schema_name: value, **self._other_values(schema_name)}
        document: dict[str, Json] = {
            VARIABLES: [{"SchemaName": name, "Value": text} for name, text in values.items()],
            REFERENCES: [*self.references],
        }
        return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()

    def _other_values(self, schema_name: str) -> dict[str, str]:
        return {
            name: text for name, text in self.values.items() if name.lower() != schema_name.lower()
        }


def read(path: Path) -> SettingsFile:
    """Return what the file says.

    Raises:
        ConfigurationError: it cannot be read, or has another shape; every mistake is named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "settings-file-unreadable",
            f"The settings file {path} cannot be read.",
            context=error.strerror or str(error),
            hint="Correct settings_file of the environment; it is relative to d365pop.toml.",
        ) from error
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise _invalid(path, [f"it is no JSON: {error}"]) from error
    if mistakes := list(_mistakes(document)):
        raise _invalid(path, mistakes)
    variables = _by_key(document, VARIABLES) or []
    return SettingsFile(
        {_by_key(each, "SchemaName"): _by_key(each, "Value") or "" for each in variables},
        tuple(_by_key(document, REFERENCES) or []),
    )


def _invalid(path: Path, mistakes: list[str]) -> ConfigurationError:
    return ConfigurationError(
        "settings-file-invalid",
        f"{path} is no deployment settings file.",
        context="\n".join(mistakes),
        hint="`d365pop build` writes one for each environment: dist/settings/NAME.json.",
    )


def _mistakes(document: object) -> Iterator[str]:
    if not isinstance(document, Mapping):
        yield "it holds no object"
        return
    known = {VARIABLES.lower(), REFERENCES.lower()}
    if not known & {str(key).lower() for key in document}:
        yield f"it has neither {VARIABLES} nor {REFERENCES}"
    for key in (VARIABLES, REFERENCES):
        entries = _by_key(document, key)
        if entries is not None and not isinstance(entries, list):
            yield f"{key} is no list"
        for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
            for mistake in _entry_mistakes(key, entry):
                yield f"{key} #{number}: {mistake}"
    yield from _twice(_by_key(document, VARIABLES))


def _entry_mistakes(kind: str, entry: object) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield "is no object"
        return
    name = "SchemaName" if kind == VARIABLES else "LogicalName"
    if not isinstance(_by_key(entry, name), str) or not _by_key(entry, name):
        yield f"{name} is missing"
    if kind == VARIABLES and not isinstance(_by_key(entry, "Value") or "", str):
        yield "Value must be a text; JSON too is written as one"


def _twice(variables: object) -> Iterator[str]:
    entries = variables if isinstance(variables, list) else []
    names = Counter(str(_by_key(entry, "SchemaName")).lower() for entry in entries)
    for name, count in names.items():
        if count > 1:
            yield f"{name} stands {count} times"


def _by_key(holder: object, key: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a value by its key in any case, as Microsoft's own readers do."""
    items = holder.items() if isinstance(holder, Mapping) else ()
    return next((value for name, value in items if str(name).lower() == key.lower()), None)
