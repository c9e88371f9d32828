"""What must hold between keys of ``d365pop.toml``; pure, and works on a document full of mistakes.

These are no validators of the models, since those run only where every key by itself is right,
and then a second round of mistakes would follow the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from d365pop.sign_in import key_mistakes
from d365pop.transport import is_loopback


def cross_mistakes(document: Mapping[str, Any]) -> list[str]:
    """Return what is wrong between keys, one line each, with its path."""
    return [
        *_environments(_table(document, "environments")),
        *_forms(_list(document, "forms")),
        *_search_tables(_list(_table(document, "screen_pop"), "tables")),
    ]


def _environments(environments: Mapping[str, Any]) -> Iterator[str]:
    for name in environments:
        for mistake in _environment(_table(environments, name)):
            yield f"environments.{name}: {mistake}"


def _environment(environment: Mapping[str, Any]) -> Iterator[str]:
    url = environment.get("url")
    # The local Dataverse speaks plain http, and listens on IPv4 alone.
    if (
        environment.get("sign_in") == "local"
        and isinstance(url, str)
        and not (url.startswith("http://") and is_loopback(url) and "[" not in url)
    ):
        yield 'sign_in = "local" is for http://127.0.0.1:PORT only'
    yield from key_mistakes(environment)


def _forms(forms: Sequence[Any]) -> Iterator[str]:
    for number, form in enumerate(forms, 1):
        if isinstance(form, Mapping) and form.get("name") and form.get("id"):
            yield f"forms #{number}: name and id are two ways to say which form; keep one"


def _search_tables(tables: Sequence[Any]) -> Iterator[str]:
    names = [table.get("table") for table in tables if isinstance(table, Mapping)]
    for name in sorted({name for name in names if isinstance(name, str) and names.count(name) > 1}):
        yield f"screen_pop.tables: {name} stands twice; put its columns into one table"


def _table(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    child = parent.get(key)
    return child if isinstance(child, Mapping) else {}


def _list(parent: Mapping[str, Any], key: str) -> Sequence[Any]:
    child = parent.get(key)
    return child if isinstance(child, list) else []
