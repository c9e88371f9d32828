"""The table of docs/reliability.md: which faults were injected, and where each deploy ended."""

import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.reliability.faults import Fault, Outcome, Trial, calls_to_try
from tests.reliability.scenarios import Scenario, Verb, scenarios

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- table: begin -->", "<!-- table: end -->"
_COLUMNS: Final = tuple(Outcome)

FAULTS: Final = {
    Verb.DEPLOY: tuple(Fault),
    Verb.RESUME: (Fault.GONE, Fault.KILLED_BEFORE, Fault.KILLED_AFTER),
    Verb.ROLL_BACK: (Fault.GONE, Fault.KILLED_BEFORE, Fault.KILLED_AFTER),
}
"""What the table tries; the soak draws every fault for every command."""

Counts = Mapping[tuple[str, Fault], Counter[Outcome]]


def outcomes(scenario: Scenario, fault: Fault) -> Counter[Outcome]:
    """Inject ``fault`` at each call of the scenario, one deploy a call, and count the ends."""
    return Counter(Trial(scenario, {number: fault}).run() for number in calls_to_try(scenario))


def render(counts: Counts) -> str:
    """Return the table, a part for each scenario."""
    lines: list[str] = []
    for scenario in dict.fromkeys(name for name, _ in counts):
        calls = max(sum(each.values()) for (name, _), each in counts.items() if name == scenario)
        lines += [f"**{scenario}**, each of {calls} calls:", ""]
        lines.append("| fault | " + " | ".join(_COLUMNS) + " |")
        lines.append("|---" * (len(_COLUMNS) + 1) + "|")
        for fault in FAULTS[scenarios()[scenario].verb]:
            found = counts[scenario, fault]
            cells = [str(found[outcome] or "") for outcome in _COLUMNS]
            lines.append(f"| {fault} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def documented() -> dict[tuple[str, Fault], Counter[Outcome]]:
    """Return what the document says."""
    counts: dict[tuple[str, Fault], Counter[Outcome]] = {}
    scenario = ""
    for line in _table(DOCUMENT.read_text(encoding="utf-8")).splitlines():
        if heading := re.match(r"\*\*(.+)\*\*", line):
            scenario = heading[1]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in set(Fault):
            numbers = zip(_COLUMNS, cells[1:], strict=True)
            counts[scenario, Fault(cells[0])] = Counter(
                {outcome: int(cell) for outcome, cell in numbers if cell}
            )
    return counts


def _table(text: str) -> str:
    return text.partition(_BEGIN)[2].partition(_END)[0]


def main() -> None:
    """Try everything and write the table into the document."""
    counts = {}
    for name, scenario in scenarios().items():
        for fault in FAULTS[scenario.verb]:
            counts[name, fault] = outcomes(scenario, fault)
            sys.stderr.write(f"{name}: {fault}\n")
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    DOCUMENT.write_text(f"{before}{_BEGIN}\n{render(counts)}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
