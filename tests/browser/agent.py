"""What the browser tests of the pane share: a deployed preview, its parts, axe, pictures."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, TypedDict

from playwright.sync_api import Frame, Page

from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.browser.test_screen_pop import preview
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

ROOT = Path(__file__).parents[2]
AXE = ROOT / "webresources" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """([rules, looks]) => axe
    .run({ exclude: ["#genesys-frame"] }, { iframes: false, runOnly: rules })
    .then(({ violations }) => violations.map(({ id, nodes }) =>
        [looks, id, ...nodes.map(({ html }) => html)]))"""
PICTURES = os.environ.get("D365POP_PICTURES", "")


class Looks(TypedDict, total=False):
    """What an agent has set in the browser or the system."""

    color_scheme: Literal["light", "dark"]
    forced_colors: Literal["active", "none"]


LOOKS: Final[Sequence[Looks]] = (
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "active"},
    {"color_scheme": "light", "forced_colors": "active"},
    # The last one stays, and is in the pictures.
    {"color_scheme": "light", "forced_colors": "none"},
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def running_preview(
    folder: Path, *changes: tuple[str, str]
) -> Iterator[tuple[str, LocalDataverse]]:
    """Deploy to a local Dataverse of its own; ``changes`` are texts of the configuration."""
    workspace = Workspace.make(folder)
    for before, after in changes:
        workspace.configure(before, after)
    with start(EmulatorOptions(state=None, port=workspace.port)):
        result = workspace.run("deploy", "--env", "local", "--yes")
        assert result.returncode == ExitCode.OK, result.stderr
        with preview(workspace) as address:
            yield address, LocalDataverse(workspace.url)


def pane_of(page: Page) -> Frame:
    """Return the frame of the softphone page."""
    return next(one for one in page.frames if "softphone.html" in one.url)


def barriers(page: Page) -> list[list[str]]:
    """Return what axe finds in the pane, light and dark, with the system's colours and without.

    The Genesys client inside is not ours to mend; its simulator is looked at by its own tests.
    """
    pane = pane_of(page)
    pane.evaluate(AXE.read_text("utf-8"))
    found: list[list[str]] = []
    for looks in LOOKS:
        page.emulate_media(**looks)
        found += pane.evaluate(AXE_RUN, [RULES, " ".join(map(str, looks.values()))])
    return found


def picture(page: Page, name: str) -> None:
    """Keep a picture of the pane for the documentation, where pictures are asked for."""
    if PICTURES:
        pane = page.locator("iframe[src*='softphone.html']")
        pane.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def whole_picture(page: Page, name: str) -> None:
    """Keep a picture of the app with the pane in it."""
    if PICTURES:
        page.set_viewport_size({"width": 1360, "height": 820})
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))
