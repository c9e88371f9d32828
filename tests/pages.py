"""What of docs/ comes from the program; ``python3 dev.py pages`` writes it anew."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from d365pop.emulator.fidelity import markdown
from d365pop.metrics import terms
from tests import checks_page, commands_page, configuration_page, messages
from tests.workspace import ROOT

DOCS: Final = ROOT / "docs"


def with_block(page: str, name: str, content: str) -> str:
    """Return the page with ``content`` between the marks ``<!-- name -->`` and ``<!-- /name -->``.

    Raises:
        ValueError: the page does not have the marks, each in a line of its own, once.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    if (page.count(begin), page.count(end)) != (1, 1):
        raise ValueError(f"the page needs {begin.strip()} and {end.strip()}, each once")
    inside = re.compile(f"(?<={re.escape(begin)}).*(?={re.escape(end)})", re.DOTALL)
    return inside.sub(lambda _: content, page)


def _block(page: str, name: str, content: Callable[[], str]) -> str:
    return with_block((DOCS / page).read_text("utf-8"), name, content())


def _terms() -> str:
    lines = ["| metric | what it is | formula | from |", "|---|---|---|---|"]
    lines += [
        f"| `{term.key}` | {term.title} | {term.formula} | {term.source} |"
        for term in (*terms.FROM_CALLS, *terms.FROM_TELEMETRY)
    ]
    return "\n".join(lines) + "\n"


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "checks.md": checks_page.page,
    "commands.md": commands_page.page,
    "configuration.md": configuration_page.page,
    "local-dataverse.md": partial(_block, "local-dataverse.md", "routes", markdown),
    "metrics.md": partial(_block, "metrics.md", "terms", _terms),
    "troubleshooting.md": messages.page,
}


def write() -> None:
    """Write the pages that are not what the program says."""
    for name, page in PAGES.items():
        path, told = DOCS / name, page()
        if not path.exists() or path.read_text("utf-8") != told:
            path.write_text(told, encoding="utf-8", newline="\n")
            print(f"docs/{name}")  # noqa: T201 - what it is run for


if __name__ == "__main__":
    write()
