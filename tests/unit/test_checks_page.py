"""docs/checks.md has every rule, with all that a reader of a finding asks."""

from d365pop.check.checker import ALL_RULES
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.unreadable import PACKAGE_UNREADABLE
from tests.checks_page import page


def test_every_rule_has_its_section_once() -> None:
    lines = page().splitlines()
    sections = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    assert sections == [rule.rule_id for rule in (PACKAGE_UNREADABLE, *ALL_RULES, *SCRIPT_RULES)]


def test_every_package_rule_says_why_how_and_with_what() -> None:
    incomplete = [
        r.rule_id for r in ALL_RULES if not (r.summary and r.why and r.mend and r.example)
    ]
    assert incomplete == []
