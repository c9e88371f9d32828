"""docs/doctor.md and docs/sign-in.md say what the checks do."""

import re
from pathlib import Path

from d365pop.doctor.access import AGENTS_LOG_WITH, AGENTS_NEED, NEEDED
from d365pop.doctor.catalogue import all_checks

DOCS = Path(__file__).parents[3] / "docs"


def test_document_lists_every_check_with_its_severity_in_order() -> None:
    text = (DOCS / "doctor.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\S+)` \| (\w+) \| (.+) \|$", text, re.MULTILINE) == [
        (each.rule.rule_id, each.rule.severity.label, each.rule.summary) for each in all_checks()
    ]


def test_document_lists_the_privileges_of_a_deployer() -> None:
    text = (DOCS / "sign-in.md").read_text(encoding="utf-8").partition("| to | privileges |")[2]
    rows = re.findall(r"^\| ([a-z ]+) \| (`.+`) \|$", text, re.MULTILINE)
    listed = {doing: tuple(re.findall(r"`(\w+)`", names)) for doing, names in rows}
    assert listed == dict(NEEDED)


def test_document_lists_the_privileges_of_an_agent() -> None:
    text = (DOCS / "sign-in.md").read_text(encoding="utf-8").partition("| an agent's |")[2]
    text = text.partition("## ")[0]
    rows = re.findall(r"^\| ([a-z ]+) \| (`.+`) \|$", text, re.MULTILINE)
    listed = {doing: tuple(re.findall(r"`(\w+)`", names)) for doing, names in rows}
    assert listed == {
        "screen pop": ("prvReadTABLE", *AGENTS_NEED),
        "call log": (*AGENTS_LOG_WITH, "prvAppendToTABLE"),
    }


def test_check_ids_are_unique() -> None:
    ids = [each.rule.rule_id for each in all_checks()]
    assert len(ids) == len(set(ids))
