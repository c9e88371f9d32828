import re
from pathlib import Path

import pytest

from d365pop.check.finding import Finding, Rule
from d365pop.check.scripts.checker import check_scripts
from d365pop.check.scripts.own import JS_RULES, NOT_CHECKED
from d365pop.check.scripts.rules import SCRIPT_RULES

CORPUS = (Path(__file__).parent / "corpus" / "own_rules.txt").read_text(encoding="utf-8")
HEADING = re.compile(r"^==== (?P<rule>[\w-]+): (?P<lines>none|[\d ]+)(?P<more>.*)\n", re.MULTILINE)
EXAMPLES = {rule.rule_id: rule.example for rule in SCRIPT_RULES if rule != NOT_CHECKED}


def cases() -> dict[str, tuple[str, list[int], str]]:
    """Return rule, lines and script of every case; a heading says which lines the rule fires on."""
    headings = list(HEADING.finditer(CORPUS))
    ends = [heading.start() for heading in headings[1:]] + [len(CORPUS)]
    return {
        heading.group(): (
            heading["rule"],
            [int(line) for line in heading["lines"].split() if line.isdigit()],
            CORPUS[heading.end() : end],
        )
        for heading, end in zip(headings, ends, strict=True)
    }


CASES = cases()


@pytest.fixture(scope="module")
def found() -> tuple[Finding, ...]:
    """Every finding of all scripts; in one batch, because opening the engine costs the most."""
    scripts = {f"example {rule_id}": code for rule_id, code in EXAMPLES.items()}
    scripts |= {name: code for name, (_, _, code) in CASES.items()}
    return check_scripts({name: code.encode() for name, code in scripts.items()})


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_example_of_a_rule_fires_it(found: tuple[Finding, ...], rule_id: str) -> None:
    fired = {item.rule.rule_id for item in found if item.location.part == f"example {rule_id}"}
    assert rule_id in fired


@pytest.mark.parametrize("name", CASES, ids=[name.strip("= \n") for name in CASES])
def test_own_rule_fires_on_the_lines_that_deserve_it_and_on_no_other(
    found: tuple[Finding, ...], name: str
) -> None:
    rule_id, lines, _ = CASES[name]
    fired = {
        item.location.line
        for item in found
        if item.location.part == name and item.rule.rule_id == rule_id
    }
    assert sorted(fired) == lines


def test_every_own_rule_is_shown_where_it_fires_and_where_it_does_not() -> None:
    firing = {rule_id for rule_id, lines, _ in CASES.values() if lines}
    silent = {rule_id for rule_id, lines, _ in CASES.values() if not lines}
    assert firing == silent == {rule.rule_id for rule in JS_RULES}


def test_no_finding_repeats_a_secret(found: tuple[Finding, ...]) -> None:
    secrets = (
        "abcDEF123456",
        "k3Jd92mXq7Lz0",
        "0f9a8b7c6d5e4f3a2b1c",
        "Tr0ub4dor&3x",
        "dozjgNryP4J",
        "hunter2",
    )
    said = [text for item in found for text in (item.message, item.evidence)]
    assert [text for text in said if any(secret in text for secret in secrets)] == []


@pytest.mark.parametrize("rule", SCRIPT_RULES, ids=lambda rule: rule.rule_id)
def test_rule_says_what_why_and_how_to_mend(rule: Rule) -> None:
    texts = (rule.summary, rule.why, rule.mend)
    assert all(len(text) > 8 and not text.endswith(".") for text in texts)
