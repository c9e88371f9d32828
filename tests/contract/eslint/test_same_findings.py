"""The embedded engine against ESLint under Node: the same rules fire in the same places."""

from collections.abc import Iterable, Mapping

import pytest

from d365pop.bundle.engine import EngineKind
from d365pop.check.finding import Finding
from d365pop.check.scripts.checker import check_scripts
from d365pop.check.scripts.official import ESLINT_NAMES, OFFICIAL_RULES
from d365pop.check.scripts.own import SCRIPT_SYNTAX
from d365pop.check.scripts.rules import SCRIPT_RULES
from tests.contract.eslint.conftest import Oracle, Verdict
from tests.contract.eslint.scripts import BAD, BROKEN, CORPUS, GOOD, NEWER

Places = dict[str, set[tuple[str, int, int]]]

# Microsoft publishes no rule for its list of newer globals: that part of an official id is ours.
THEIR_NAMES = [name for name in ESLINT_NAMES if not name.startswith("d365pop/")]
OFFICIAL = {rule.rule_id for rule in OFFICIAL_RULES}
SYNTAX = dict.fromkeys(BROKEN, SCRIPT_SYNTAX.rule_id)
EXAMPLES = {f"example of {rule.rule_id}": rule.example for rule in OFFICIAL_RULES}
ALL = {**CORPUS, **EXAMPLES}


def ours(scripts: Mapping[str, str], engine: EngineKind | None = None) -> Places:
    contents = {name: code.encode() for name, code in scripts.items()}
    return by_script(check_scripts(contents, engine=engine), scripts)


def by_script(findings: Iterable[Finding], scripts: Iterable[str]) -> Places:
    places: Places = {name: set() for name in scripts}
    for found in findings:
        rule_id, place = found.rule.rule_id, found.location
        if rule_id == "web-unsupported-syntax" and not found.message.startswith("Syntax newer"):
            continue
        if rule_id in OFFICIAL or rule_id == SCRIPT_SYNTAX.rule_id:
            places[place.part].add((rule_id, place.line, place.column))
    return places


def theirs(verdict: Verdict) -> Places:
    return {
        name: {
            (official_id(rule, name), line, column) for rule, line, column in verdict.problems[name]
        }
        for name in verdict.problems
    }


def official_id(rule: str | None, name: str) -> str:
    """Return the official id; ESLint has no rule for what it cannot read."""
    return ESLINT_NAMES[rule].rule_id if rule else SYNTAX.get(name, "web-unsupported-syntax")


@pytest.fixture(scope="module")
def verdict(oracle: Oracle) -> Verdict:
    return oracle(ALL, THEIR_NAMES)


@pytest.mark.parametrize("engine", list(EngineKind))
def test_corpus_gets_the_findings_that_eslint_gives_under_node(
    verdict: Verdict, engine: EngineKind
) -> None:
    assert ours(ALL, engine) == theirs(verdict)


def test_scripts_of_real_packages_get_the_findings_that_eslint_gives_under_node(
    oracle: Oracle, sample_scripts: dict[str, str]
) -> None:
    expected = theirs(oracle(sample_scripts, THEIR_NAMES))
    assert ours(sample_scripts) == expected
    assert sum(len(places) for places in expected.values()) > 20


def test_every_bad_script_has_a_finding_and_no_good_one_has(verdict: Verdict) -> None:
    found = theirs(verdict)
    assert [name for name in (*BAD, *NEWER, *BROKEN) if not found[name]] == []
    assert {name: found[name] for name in GOOD if found[name]} == {}


def test_corpus_fires_every_rule_that_runs(verdict: Verdict) -> None:
    fired = {rule for problems in verdict.problems.values() for rule, _, _ in problems if rule}
    assert fired == set(THEIR_NAMES)


def test_every_published_power_apps_rule_runs_and_the_hosted_ones_are_among_them(
    verdict: Verdict,
) -> None:
    published = {name for name in verdict.published if name.startswith("@microsoft/power-apps/")}
    assert published == {name for name in ESLINT_NAMES if "/power-apps/" in name}
    assert verdict.hosted <= published


def test_sdl_rules_that_run_are_published(verdict: Verdict) -> None:
    assert {name for name in ESLINT_NAMES if "/sdl/" in name} <= verdict.published


def test_rule_ids_are_unique_and_official_ones_start_alike() -> None:
    ids = [rule.rule_id for rule in SCRIPT_RULES]
    assert len(ids) == len(set(ids))
    assert {rule_id for rule_id in ids if rule_id.startswith("web-")} == OFFICIAL
