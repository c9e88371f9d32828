"""The pages of docs/ that come from the program; ``python3 dev.py pages`` writes them anew."""

from collections.abc import Callable, Mapping
from typing import Final

from d365pop.check.catalogue import catalogue
from tests import commands_page, configuration_page, messages
from tests.workspace import ROOT

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "checks": catalogue,
    "commands": commands_page.page,
    "configuration": configuration_page.page,
    "troubleshooting": messages.page,
}


def write() -> None:
    """Write the pages that are not what the program says."""
    for name, page in PAGES.items():
        path = ROOT / "docs" / f"{name}.md"
        told = page()
        if not path.exists() or path.read_text("utf-8") != told:
            path.write_text(told, encoding="utf-8", newline="\n")
            print(f"docs/{name}.md")  # noqa: T201 - what it is run for


if __name__ == "__main__":
    write()
