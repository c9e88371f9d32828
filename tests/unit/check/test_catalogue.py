"""The page about the rules says what the code says."""

import subprocess
import sys
from pathlib import Path

from d365pop.check.catalogue import catalogue
from d365pop.check.checker import ALL_RULES
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.unreadable import PACKAGE_UNREADABLE
from tests.unit.check.packages import ROOT


def test_page_about_the_rules_is_generated_from_them() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert page == catalogue(), "run: python3 -m d365pop.check.catalogue docs/checks.md"


def test_every_rule_has_its_section_once() -> None:
    lines = catalogue().splitlines()
    sections = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    assert sections == [rule.rule_id for rule in (PACKAGE_UNREADABLE, *ALL_RULES, *SCRIPT_RULES)]


def test_every_package_rule_says_why_how_and_with_what() -> None:
    incomplete = [
        r.rule_id for r in ALL_RULES if not (r.summary and r.why and r.mend and r.example)
    ]
    assert incomplete == []


def test_module_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "checks.md"
    subprocess.run(
        [sys.executable, "-m", "d365pop.check.catalogue", str(page)], check=True, cwd=ROOT
    )
    assert page.read_text(encoding="utf-8") == catalogue()
