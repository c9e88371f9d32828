"""A package that is broken or meant to harm gives findings, never an error."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d365pop.check.checker import MAX_FINDINGS, check_package
from d365pop.check.finding import Finding, Location
from d365pop.errors import BundleError
from d365pop.solution.xml import MAX_MARKUP
from tests.unit.check.packages import (
    APP,
    CUSTOM,
    FORM_ID,
    ICON,
    LIBRARIES,
    PAGE,
    SOLUTION,
    SYSTEM_FORM,
    TYPES,
    VARIABLE,
    Parts,
    content,
    edit,
    exported_names,
    good_parts,
    part_of,
)

BOMB = b"<!DOCTYPE r [<!ENTITY a0 'aa'>%s]><ImportExportXml>&a30;</ImportExportXml>" % b"".join(
    b"<!ENTITY a%d '&a%d;&a%d;'>" % (n, n - 1, n - 1) for n in range(1, 31)
)
OUTSIDE = b"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><ImportExportXml>&a;</ImportExportXml>"
PARTS = (SOLUTION, CUSTOM, TYPES, VARIABLE)


def found(parts: Parts) -> list[tuple[str, str, int]]:
    return [
        (finding.rule.rule_id, finding.location.part, finding.location.line)
        for finding in check_package(parts, exported_names=exported_names)
    ]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("value", "rule_id"),
    [
        pytest.param(b"", "xml-malformed", id="empty"),
        pytest.param(b"\0", "xml-malformed", id="zero"),
        pytest.param(b"PK\x03\x04", "xml-malformed", id="archive"),
        pytest.param(b"<a>" * 100_000, "xml-malformed", id="deep"),
        pytest.param(b"<a>%s</a>" % (b"<b/>" * MAX_MARKUP), "xml-malformed", id="elements"),
        pytest.param(b"<a %s/>" % (b"b='' " * MAX_MARKUP), "xml-malformed", id="attributes"),
        pytest.param(BOMB, "xml-doctype", id="entities that multiply"),
        pytest.param(OUTSIDE, "xml-doctype", id="entity of a file"),
        pytest.param("<!DOCTYPE a><a/>".encode("utf-16"), "xml-doctype", id="doctype in utf-16"),
        pytest.param(b"\xff\xfe<", "xml-malformed", id="cut short in utf-16"),
        pytest.param(b"<?xml version='1.0' encoding='x'?><a/>", "xml-malformed", id="encoding"),
    ],
)
def test_part_that_cannot_be_parsed_is_a_finding(part: str, value: bytes, rule_id: str) -> None:
    parts = good_parts() | {part: value}
    assert (rule_id, part) in {(rule, place) for rule, place, _ in found(parts)}


@pytest.mark.parametrize("part", PARTS)
def test_part_with_another_root_is_a_finding(part: str) -> None:
    parts = good_parts() | {part: b"<a><b/></a>"}
    assert found(parts) == [("xml-root-unexpected", part, 1)]


def test_parts_share_what_one_may_take() -> None:
    half = b"<a>%s</a>" % (b"=" * (MAX_MARKUP // 2))
    # As sorted, and in the package, they stand before the parts that most rules need.
    parts = {"Other/a.xml": half, "Other/b.xml": half} | good_parts()
    refused = [place for rule, place, _ in found(parts) if rule == "xml-malformed"]
    assert refused == ["Other/b.xml"]
    del parts["Other/b.xml"]
    assert "xml-malformed" not in {rule for rule, _, _ in found(parts)}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("part", PARTS)
def test_utf_16_is_a_finding_without_a_declaration(part: str, encoding: str) -> None:
    parts = good_parts()
    text = parts[part].decode("utf-8-sig")
    parts[part] = (
        text[text.index("?>") + 2 if text.startswith("<?xml") else 0 :].lstrip().encode(encoding)
    )
    assert ("xml-encoding", part, 1) in found(parts)
    assert "xml-malformed" not in {rule for rule, _, _ in found(parts)}


def test_utf_8_with_a_byte_order_mark_is_no_finding() -> None:
    parts = good_parts()
    parts[SOLUTION] = b"\xef\xbb\xbf" + parts[SOLUTION].removeprefix(b"\xef\xbb\xbf")
    assert found(parts) == []


def test_malformed_xml_is_found_at_its_place() -> None:
    parts = good_parts()
    edit(SOLUTION, "<Version>1.4.0.0</Version>", "<Version>1.4.0.0</Vers>")(parts)
    finding = check_package(parts)[0]
    lines = parts[SOLUTION].decode().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "</Vers>" in text)
    column = lines[line - 1].index("</Vers>") + len("</Vers>") + 1
    assert finding.location == Location(SOLUTION, line, column)


def test_doctype_is_found_at_its_place() -> None:
    parts = good_parts() | {SOLUTION: b"<!-- x -->\n  <!DOCTYPE a>\n<a/>"}
    assert check_package(parts)[0].location == Location(SOLUTION, 2, 3)


def test_wrong_letter_is_found_at_its_place() -> None:
    parts = good_parts()
    content(PAGE, b"<p>\n  f\xfcr")(parts)
    assert check_package(parts)[0].location == Location(part_of(PAGE), 2, 4)


def test_malformed_svg_is_found_at_its_place() -> None:
    parts = good_parts()
    content(ICON, b"<svg>\n  <path></svg>")(parts)
    assert check_package(parts)[0].location == Location(part_of(ICON), 2, 11)


def test_entities_in_a_web_resource_do_not_multiply() -> None:
    parts = good_parts()
    content(ICON, BOMB)(parts)
    assert found(parts) == [("web-resource-xml-malformed", part_of(ICON), 1)]


def test_package_without_anything_misses_its_three_parts() -> None:
    assert found({}) == [("part-missing", part, 0) for part in (TYPES, CUSTOM, SOLUTION)]


@pytest.mark.parametrize("part", [SOLUTION, CUSTOM, TYPES])
def test_missing_part_silences_what_depends_on_it(part: str) -> None:
    parts = good_parts()
    del parts[part]
    assert found(parts) == [("part-missing", part, 0)]


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a//b", "a\\b", "C:x", "a\nb", "a/..", "a.", "aé"], ids=repr
)
def test_part_name_outside_the_format_is_a_finding(name: str) -> None:
    parts = good_parts() | {name: b""}
    assert "part-name-invalid" in {rule for rule, _, _ in found(parts)}


def test_deep_json_default_is_a_finding() -> None:
    parts = good_parts()
    deep = "[" * 200_000
    edit(VARIABLE, "<description", f"<defaultvalue>{deep}</defaultvalue><description")(parts)
    assert [rule for rule, _, _ in found(parts)] == ["variable-default-invalid"]


def test_comments_and_instructions_are_no_elements() -> None:
    parts = good_parts()
    for part, behind in ((CUSTOM, LIBRARIES.splitlines()[0]), (SOLUTION, "<RootComponents>")):
        edit(part, behind, f"{behind}<!-- x --><?x y?>")(parts)
    edit(TYPES, "<Default", "<!-- x --><?x y?><Default")(parts)
    assert found(parts) == []


MUTATIONS: tuple[Callable[[bytes, int, bytes], bytes], ...] = (
    lambda value, at, _: value[:at],
    lambda value, at, piece: value[:at] + piece + value[at:],
    lambda value, at, piece: value[:at] + value[at + len(piece) * 7 :],
)


@settings(max_examples=150, deadline=None)
@given(
    part=st.sampled_from((*PARTS, part_of(APP), part_of(ICON))),
    at=st.floats(0, 1),
    piece=st.sampled_from([b"<", b'"', b"</", b"\0", b"\xff", b"<x a=''/>", b"&x;", b"]]>"]),
    mutation=st.sampled_from(MUTATIONS),
)
def test_no_broken_byte_is_an_error(
    part: str, at: float, piece: bytes, mutation: Callable[[bytes, int, bytes], bytes]
) -> None:
    parts = good_parts()
    parts[part] = mutation(parts[part], int(at * len(parts[part])), piece)
    findings = check_package(parts, exported_names=exported_names)
    assert all(isinstance(finding, Finding) for finding in findings)


def test_libraries_are_looked_for_without_a_manifest() -> None:
    parts = good_parts()
    del parts[SOLUTION]
    edit(CUSTOM, 'name="pop_/lib.js" ', 'name="pop_/gone.js" ')(parts)
    assert {rule for rule, _, _ in found(parts)} == {"part-missing", "form-library-dangling"}


def test_form_without_a_body_is_no_error() -> None:
    parts = good_parts()
    edit(CUSTOM, SYSTEM_FORM, f"<systemform><formid>{FORM_ID}</formid></systemform>")(parts)
    assert found(parts) == []


def test_findings_without_end_are_one_clear_error() -> None:
    parts = good_parts()
    edit(CUSTOM, "<events>", "<events>" + "<event/>" * (MAX_FINDINGS + 1))(parts)
    with pytest.raises(BundleError) as caught:
        check_package(parts)
    assert caught.value.reference == "package-broken"
    assert "has no name" in caught.value.context


def test_all_findings_of_a_large_package_are_kept() -> None:
    parts = good_parts()
    edit(CUSTOM, "<events>", "<events>" + "<event/>" * 20_000)(parts)
    assert len(check_package(parts)) == 20_000
