"""What the answers rest on, for the documentation and for those who ask: routes, assumptions."""

import re
from dataclasses import dataclass
from pathlib import Path

from d365pop.emulator.protocol import Json
from d365pop.emulator.route_table import Evidence, Route, routes

FOLDER = Path(__file__).parent
NOTE = re.compile(r"ASSUMED(?::| [a-z])[^\"]*?(?=\n\s*\n|\n\s*[A-Za-z_\"']+.*[=(:]|\"\"\"|\Z)")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumed behaviour, where it is programmed."""

    place: str
    text: str


def assumptions() -> list[Assumption]:
    """Return what the source marks as assumed."""
    found: list[Assumption] = []
    for file in sorted(FOLDER.rglob("*.py")):
        if file.name == Path(__file__).name:
            continue
        text = file.read_text(encoding="utf-8")
        for match in NOTE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            place = f"{file.relative_to(FOLDER).as_posix()}:{line}"
            words = re.sub(r"\s*\n\s*#?\s*", " ", match.group()).strip()
            found.append(Assumption(place, re.sub(r"^ASSUMED:?\s*", "", words)))
    return found


def markdown() -> str:
    """Return the table of the documentation."""
    lines = ["| route | evidence |", "|---|---|"]
    lines += [f"| `{_shown(route.path)}` | {_evidence(route)} |" for route in routes()]
    return "\n".join(lines) + "\n"


def _shown(path: str) -> str:
    return path or "/api/data/v9.2/"


def _evidence(route: Route) -> str:
    by_evidence = {
        evidence: [method for method, known in route.evidence.items() if known is evidence]
        for evidence in Evidence
    }
    return "; ".join(
        f"{', '.join(methods)} {evidence}" for evidence, methods in by_evidence.items() if methods
    )


def fidelity_json() -> list[Json]:
    """Return the routes for an answer, one object for each method."""
    return [
        {"method": method, "path": _shown(route.path), "evidence": str(evidence)}
        for route in routes()
        for method, evidence in route.evidence.items()
    ]


def assumed_json() -> list[Json]:
    """Return the assumptions for an answer, routes first."""
    found = [
        Assumption(f"{method} {_shown(route.path)}", "the whole route")
        for route in routes()
        for method, evidence in route.evidence.items()
        if evidence is Evidence.ASSUMED
    ]
    return [{"place": item.place, "text": item.text} for item in [*found, *assumptions()]]
