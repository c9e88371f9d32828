"""docs/configuration.md says of every key what the program takes, with an example that it takes."""

import json
from collections.abc import Iterator

import pytest

from d365pop.config import load
from d365pop.errors import ConfigurationError
from tests.configuration_page import EXAMPLE, example, examples, kind, meanings, sections

KEYS = [(section, key) for section in sections() for key in section.keys]


def test_examples_are_a_configuration_with_every_key() -> None:
    load(EXAMPLE, {})
    assert [(s.title, key.name) for s, key in KEYS if example(s.path, key.name) is None] == []


def test_every_key_has_a_meaning() -> None:
    texts = meanings()
    assert [(s.title, key.name) for s, key in KEYS if not texts[s.model].get(key.name)] == []


def overriding() -> Iterator[tuple[str, str]]:
    """Yield the variable of each key that no list holds, with the key's example."""
    environments = examples()["environments"]
    for section, key in KEYS:
        if any(part.endswith("[]") for part in section.path):
            continue
        value = example(section.path, key.name)
        name = next((name for name, each in environments.items() if key.name in each), "")
        variable = section.variable(key.name).replace("__NAME__", f"__{name.upper()}__")
        yield variable, value if isinstance(value, str) else json.dumps(value)


def test_variables_of_the_page_are_those_of_the_keys() -> None:
    variables = dict(overriding())
    assert variables["D365POP_GENESYS__REGION"] == "mypurecloud.ie"
    assert load(EXAMPLE, variables) == load(EXAMPLE, {})
    with pytest.raises(ConfigurationError) as raised:
        load(EXAMPLE, {f"{name}_X": value for name, value in variables.items()})
    refused = raised.value.context.splitlines()
    assert len(refused) == len(variables)
    for name in variables:
        assert [line for line in refused if line.endswith(f" (from {name}_X)")], name


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"enum": ["a", "b"]}, '`"a"` or `"b"`'),
        ({"items": {"type": "string"}}, "list: text"),
        ({"type": "integer", "minimum": 1, "maximum": 2}, "number, 1 to 2"),
        ({"type": "boolean"}, "`true` or `false`"),
    ],
    ids=["choice", "list", "number", "flag"],
)
def test_kinds_are_said_in_words(schema: dict[str, object], words: str) -> None:
    assert kind(schema) == words
