"""Draws docs/images/architecture.svg: the rooms and the data's way through them.

``python -m tests.architecture`` draws it anew. Colours follow the reader's light or dark scheme.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from tests.workspace import ROOT

PICTURE: Final = ROOT / "docs" / "images" / "architecture.svg"
WIDTH, HEIGHT = 980, 640
STYLE: Final = """\
svg { font: 13px system-ui, sans-serif }
text { fill: #1c2733 }
.ground { fill: #ffffff }
.area { fill: #f2f5f9; stroke: #c8d1dc }
.box { fill: #ffffff; stroke: #5b6b7f }
.room { fill: #dcebff; stroke: #2f6fbf }
.small { fill: #4a5868; font-size: 11.5px }
.name { font-weight: 600 }
.line { stroke: #5b6b7f; fill: none; stroke-width: 1.5 }
.head { fill: #5b6b7f }
@media (prefers-color-scheme: dark) {
  text { fill: #eef3f8 }
  .ground { fill: #14191f }
  .area { fill: #1c242d; stroke: #3a4754 }
  .box { fill: #232d38; stroke: #8fa1b5 }
  .room { fill: #17395f; stroke: #6aa9f4 }
  .small { fill: #b7c4d2 }
  .line { stroke: #8fa1b5 }
  .head { fill: #8fa1b5 }
}"""
HEAD: Final = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>'
)


class Box(NamedTuple):
    """A thing, with its place; ``rooms`` are packages or modules of d365pop."""

    x: int
    y: int
    width: int
    name: str
    told: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        return 30 + 15 * len(self.told)


AREAS: Final = (
    Box(10, 10, 960, "On the deployer's machine"),
    Box(10, 430, 470, "In the agent's browser"),
    Box(510, 430, 460, "Services"),
)
AREA_HEIGHTS: Final = (400, 200, 200)
BOXES: Final = {
    box.name: box
    for box in (
        Box(30, 45, 200, "d365pop.toml", ("and D365POP_* variables",)),
        Box(30, 115, 200, "webresources/, yours", ("scripts, page, texts, extensions",)),
        Box(30, 185, 200, "solution_template/", ("parts of the package",)),
        Box(280, 45, 190, "config", ("checked settings",), ("config", "settings")),
        Box(280, 115, 190, "bundle", ("scripts, in its own engine",), ("bundle",)),
        Box(280, 185, 190, "solution", ("package format, FormXml",), ("solution",)),
        Box(
            520,
            115,
            190,
            "build",
            ("package, framework.js,", "manifest, bill of materials"),
            ("build", "provenance"),
        ),
        Box(
            750,
            45,
            205,
            "check, inspect, compare",
            ("what a package holds,", "and what is wrong with it"),
            ("check", "inspect", "compare"),
        ),
        Box(
            30,
            292,
            200,
            "report, doctor, metrics",
            ("text, JSON, SARIF, HTML …",),
            ("report", "doctor", "metrics"),
        ),
        Box(
            280,
            285,
            190,
            "deploy",
            ("plan → question → steps", "→ proof; rollback is a plan"),
            ("deploy", "desired"),
        ),
        Box(280, 360, 190, "journal", ("on disk before each write",), ("deploy/journal",)),
        Box(
            520,
            292,
            190,
            "dataverse, genesys",
            ("one method an operation",),
            ("dataverse", "genesys"),
        ),
        Box(
            760,
            285,
            190,
            "auth, transport",
            ("tokens; HTTP, retries,", "no redirect is followed"),
            ("auth", "transport"),
        ),
        Box(30, 473, 200, "form.js", ("opens the pane; the form's side",)),
        Box(30, 555, 200, "softphone.html, .js", ("search, pop, call log",)),
        Box(290, 555, 170, "framework.js", ("in the Genesys frame",)),
        Box(
            530,
            465,
            190,
            "Dataverse",
            ("Web API, web resources;", "or the local one: emulator"),
            ("emulator",),
        ),
        Box(530, 555, 190, "Genesys Cloud", ("calls, sign-in of agents",)),
        Box(760, 465, 190, "Microsoft Entra", ("tokens of the deployer",)),
    )
}
# from, its side, to, its side, what goes along
ARROWS: Final = (
    ("d365pop.toml", "e", "config", "w", ""),
    ("webresources/, yours", "e", "bundle", "w", ""),
    ("solution_template/", "e", "solution", "w", ""),
    ("config", "e", "build", "w", ""),
    ("bundle", "e", "build", "w", ""),
    ("solution", "e", "build", "w", ""),
    ("build", "e", "check, inspect, compare", "w", ""),
    ("build", "s", "deploy", "n", "what shall be"),
    ("deploy", "w", "report, doctor, metrics", "e", ""),
    ("deploy", "s", "journal", "n", ""),
    ("deploy", "e", "dataverse, genesys", "w", ""),
    ("dataverse, genesys", "e", "auth, transport", "w", ""),
    ("auth, transport", "s", "Dataverse", "n", "https"),
    ("auth, transport", "s", "Microsoft Entra", "n", ""),
    ("Dataverse", "w", "form.js", "e", "published web resources"),
    ("form.js", "s", "softphone.html, .js", "n", "channel of the tab"),
    ("softphone.html, .js", "e", "framework.js", "w", ""),
    ("framework.js", "e", "Genesys Cloud", "w", ""),
)


def picture() -> str:
    """Return the picture, as SVG."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            "<title>d365pop: the rooms, and the data's way through them</title>",
            f"<style>\n{STYLE}\n</style>",
            HEAD,
            f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
            *(line for pair in zip(AREAS, AREA_HEIGHTS, strict=True) for line in _area(*pair)),
            *(line for arrow in ARROWS for line in _arrow(*arrow)),
            *(line for box in BOXES.values() for line in _box(box)),
            "</svg>\n",
        ]
    )


def _area(area: Box, height: int) -> Iterator[str]:
    yield _rectangle("area", area, height)
    yield _text("small", area.x + 20, area.y + 22, area.name)


def _box(box: Box) -> Iterator[str]:
    yield _rectangle("room" if box.rooms else "box", box, box.height)
    yield _text("name", box.x + 10, box.y + 20, box.name)
    for number, line in enumerate(box.told):
        yield _text("small", box.x + 10, box.y + 36 + 15 * number, line)


def _rectangle(kind: str, box: Box, height: int) -> str:
    place = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{height}"'
    return f'<rect class="{kind}" {place} rx="6"/>'


def _text(kind: str, x: int, y: int, text: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _arrow(start: str, leaves: str, end: str, enters: str, told: str) -> Iterator[str]:
    (x1, y1), (x2, y2) = _side(BOXES[start], leaves), _side(BOXES[end], enters)
    if leaves in "ew":
        middle = (x1 + x2) // 2
        path = f"M{x1} {y1}H{middle}V{y2}H{x2}"
    else:
        middle = y2 - (y2 - y1) // 3
        path = f"M{x1} {y1}V{middle}H{x2}V{y2}"
    yield f'<path class="line" d="{path}" marker-end="url(#head)"/>'
    if told:
        x, y = ((x1 + x2) // 2, y1 - 6) if leaves in "ew" else (x2 + 8, y2 - 14)
        anchor = "middle" if leaves in "ew" else "start"
        yield _text("small", x, y, told, anchor)


def _side(box: Box, side: str) -> tuple[int, int]:
    centre, middle = box.x + box.width // 2, box.y + box.height // 2
    return {
        "n": (centre, box.y),
        "s": (centre, box.y + box.height),
        "w": (box.x, middle),
        "e": (box.x + box.width, middle),
    }[side]


def rooms() -> Iterator[Path]:
    """Yield the package or module of every room in the picture."""
    for box in BOXES.values():
        for room in box.rooms:
            package = ROOT / "d365pop" / room
            yield package if package.is_dir() else package.with_suffix(".py")


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
