"""JUnit XML as the pipelines' test pages read it."""

from lxml import etree

from d365pop.report.junit import Case, Suite, format_junit, format_suites
from tests.unit.report.reports import HOSTILE, MIXED


def parse(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def test_counts_are_those_of_the_cases() -> None:
    root = parse(format_junit(MIXED))
    for element in (root, root[0]):
        assert int(element.get("tests", "")) == len(root.findall(".//testcase"))
        assert int(element.get("failures", "")) == len(root.findall(".//failure")) == 1
        assert int(element.get("skipped", "")) == len(root.findall(".//skipped")) == 1


def test_every_rule_is_a_case() -> None:
    root = parse(format_junit(MIXED))
    names = [case.get("name") for case in root.iter("testcase")]
    assert names[:-1] == [rule.rule_id for rule in MIXED.rules]
    assert names[-1] == "not checked: scripts: --no-scripts"


def test_hostile_names_stay_text() -> None:
    root = parse(format_junit(HOSTILE))
    assert root.find(".//script") is None
    failure = root.find(".//failure")
    assert failure is not None
    assert '<script>alert("1")</script>' in str(failure.text)
    assert "\n::add-mask::a\n##vso[" in str(failure.text)


def test_suites_of_anything_add_up() -> None:
    cases = [Case("deploy", "import"), Case("deploy", "publish", skipped="nothing to publish")]
    root = parse(format_suites("plan", [Suite("prod", cases), Suite("test", cases[:1])]))
    assert (root.get("name"), root.get("tests"), root.get("skipped")) == ("plan", "3", "1")


def test_control_characters_do_not_break_the_document() -> None:
    root = parse(
        format_suites("a\x00", [Suite("b\x1b", [Case("c\ud800", "d", "e\x07", "f\ufffe")])])
    )
    assert root.get("name") == "a\\u0000"
