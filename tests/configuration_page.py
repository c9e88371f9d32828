"""Writes docs/configuration.md: every key of d365pop.toml, read from the models that check it.

Examples come from samples/every-key.toml, meanings are the texts below the keys.
"""

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from d365pop import framework_settings, setting_types, settings
from d365pop.sign_in import KEYS
from tests.workspace import ROOT

EXAMPLE: Final = ROOT / "samples" / "every-key.toml"
HEAD: Final = """\
# Configuration reference

Written from the program by `python3 dev.py pages`; do not edit it.

All keys stand in `d365pop.toml` (another file: `--config`), which `d365pop init` writes with the
few that matter. A variable of the environment overrides a key: `D365POP_`, then tables and key in
capitals, with `__` between them. A list or an inline table is written in a variable as in the
file. Secrets stand in no key: keys name the variable or the file that holds them. An unknown key, a
wrong value and a wrong variable are reported all at once, each with its place (exit code 3).
"""
Schema = Mapping[str, Any]


class Key(NamedTuple):
    """One key of a table."""

    name: str
    schema: Schema
    needed: bool


class Section(NamedTuple):
    """One table of the file: where it stands, its model's name, and its keys."""

    path: tuple[str, ...]
    model: str
    keys: tuple[Key, ...]

    @property
    def title(self) -> str:
        """The table as the file writes it; a list's entry has two brackets."""
        path = ".".join(part.removesuffix("[]") for part in self.path)
        return f"[[{path}]]" if self.path[-1].endswith("[]") else f"[{path}]"

    def variable(self, key: str) -> str:
        """Return the variable that overrides ``key``, or the whole list that it stands in."""
        parts: list[str] = []
        for part in (*self.path, key):
            parts.append(part.removesuffix("[]"))
            if part.endswith("[]"):
                break
        return "D365POP_" + "__".join(part.upper() for part in parts)


def sections() -> list[Section]:
    """Return every table of the file, the outer before the inner ones."""
    schema = settings.Settings.model_json_schema()
    return list(_sections(schema, schema["$defs"], "Settings", ()))


def _sections(
    schema: Schema, models: Mapping[str, Schema], model: str, path: tuple[str, ...]
) -> Iterator[Section]:
    needed = schema.get("required", ())
    keys, inner = [], []
    for name, told in schema["properties"].items():
        if (found := _table(told)) is None:
            keys.append(Key(name, _resolved(told, models), name in needed))
            continue
        child, ending = found
        if "properties" in models[child]:
            inner.append((child, (*path, *ending(name))))
        else:  # an enumeration
            keys.append(Key(name, models[child], name in needed))
    if keys:
        yield Section(path, model, tuple(keys))
    for child, place in inner:
        yield from _sections(models[child], models, child, place)


def _table(told: Schema) -> tuple[str, Any] | None:
    """Return the model that a key holds, and how its place is written."""
    match told:
        case {"$ref": str(reference)} | {"anyOf": [{"$ref": str(reference)}, *_]}:
            return reference.rpartition("/")[2], lambda name: (name,)
        case {"items": {"$ref": str(reference)}}:
            return reference.rpartition("/")[2], lambda name: (f"{name}[]",)
        case {"patternProperties": patterns}:
            (inside,) = patterns.values()
            if "$ref" not in inside:
                return None
            return inside["$ref"].rpartition("/")[2], lambda name: (name, "NAME")
        case _:
            return None


def _resolved(told: Schema, models: Mapping[str, Schema]) -> Schema:
    """Return a schema without its "or nothing"."""
    match told:
        case {"anyOf": [first, {"type": "null"}], **rest}:
            return {**rest, **first}
        case {"$ref": str(reference)}:
            return models[reference.rpartition("/")[2]]
        case _:
            return told


def kind(told: Schema) -> str:  # noqa: PLR0911 - one a kind
    """Return what a key may hold, in words."""
    match told:
        case {"enum": values}:
            return " or ".join(f'`"{value}"`' for value in values)
        case {"const": value}:
            return f'`"{value}"`'
        case {"items": items}:
            return f"list: {kind(items)}"
        case {"patternProperties": patterns}:
            ((name, inside),) = patterns.items()
            return f"table: {kind(inside)}, by {kind({'pattern': name})}"
        case {"pattern": pattern} if words := PATTERNS.get(pattern):
            return words.removeprefix("must be ")
        case {"description": words}:
            return str(words)
        case {"type": "boolean"}:
            return "`true` or `false`"
        case {"type": "integer", "minimum": low, "maximum": high}:
            return f"number, {low} to {high}"
        case _:
            return "text"


PATTERNS: Final = setting_types.PATTERNS | framework_settings.PATTERNS


def meanings() -> dict[str, dict[str, str]]:
    """Return the text below each key, by model; that of the model itself by an empty key."""
    found: dict[str, dict[str, str]] = {}
    for module in (settings, framework_settings):
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = {"": ast.get_docstring(node) or "", **dict(_below(node.body))}
    return found


def _below(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    for pair in pairwise(body):
        match pair:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, text
            case _:
                continue


def examples() -> Mapping[str, Any]:
    """Return samples/every-key.toml as a document."""
    return tomllib.loads(EXAMPLE.read_text("utf-8"))


def example(path: Sequence[str], key: str) -> object:
    """Return the first value of a key in the examples."""
    places: list[Any] = [examples()]
    for part in path:
        name, is_list = part.removesuffix("[]"), part.endswith("[]")
        found = [
            value
            for place in places
            for value in (place.values() if name == "NAME" else [place.get(name)])
        ]
        places = [
            each for value in found if value is not None for each in (value if is_list else [value])
        ]
    return next((place[key] for place in places if key in place), None)


def written(value: object) -> str:
    """Return a value as TOML writes it, for a cell."""
    if isinstance(value, str) and '"' in value:
        return f"`'{value}'`"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def page() -> str:
    """Return the page, in Markdown."""
    texts = meanings()
    return HEAD + "".join(_section(section, texts[section.model]) for section in sections())


def _section(section: Section, texts: Mapping[str, str]) -> str:
    rows = "".join(_row(section, key, texts) for key in section.keys)
    intro = re.sub(r"^``[^`]+``(: | of the \w+: )", "", texts[""]).strip()
    intro = intro[:1].upper() + intro[1:]
    first = section.variable(section.keys[0].name)
    overridden = (
        f"The whole list as a variable: `{first}`."
        if section.title.startswith("[[") or any(part.endswith("[]") for part in section.path)
        else f"As variables: `{first}` and so on."
    )
    return (
        f"\n## {section.title.replace('[', '&#91;', 1)}\n\n{_markdown(intro)}\n\n{overridden}\n\n"
        "| key | what it holds | default | meaning | example |\n|---|---|---|---|---|\n" + rows
    )


def _row(section: Section, key: Key, texts: Mapping[str, str]) -> str:
    default = key.schema.get("default")
    told = "needed" if key.needed else "" if default in (None, "", []) else written(default)
    meaning = texts[key.name] + _owners(section, key.name)
    shown = written(example(section.path, key.name))
    cells = (f"`{key.name}`", kind(key.schema), told, _markdown(meaning), shown)
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |\n"


def _owners(section: Section, key: str) -> str:
    """Return which ways to sign in a key is for, where it is for some only."""
    if section.path[0] != "environments":
        return ""
    owners = [name for name, keys in KEYS.items() if key in keys.allowed | keys.needed.keys()]
    return f" For {', '.join(f'``{name}``' for name in owners)}." if owners else ""


def _markdown(text: str) -> str:
    linked = re.sub(r"docs/(([\w-]+)\.md)", r"[\2](\1)", text)
    return linked.replace("``", "`")
