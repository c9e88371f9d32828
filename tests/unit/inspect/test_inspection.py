"""What an inspection tells, in words, as JSON and as a page."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from d365pop.compare.packages import compare
from d365pop.contents import content_hash
from d365pop.inspect.as_html import inspection_html
from d365pop.inspect.as_json import inspection_json
from d365pop.inspect.as_text import inspection_text
from d365pop.inspect.inspection import Effect, Inspection, inspect
from d365pop.provenance.digest import provenance_digest, stamp, with_blank_mark
from d365pop.solution.opening import open_package
from d365pop.solution.package import content_digest
from d365pop.solution.reading import read_contents
from tests.unit.compare.samples import HANDLER, LIBRARY, parts, side, system_form

HOSTILE = "</script><script>alert(1)</script>"
ESCAPED = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
FORM = system_form(
    f"<formLibraries>{LIBRARY.format('A.js')}</formLibraries>"
    f'<events><event name="onload"><Handlers>{HANDLER.format("Pop.one")}{HANDLER.format("Pop.two")}'
    "</Handlers></event></events>"
)
PACKAGE = parts(
    scripts={"a.js": b"1", "b.js": b"22"},
    forms=FORM,
    more='<Roles><Role name="Agent" /></Roles>',
    files={
        "environmentvariabledefinitions/v/environmentvariabledefinition.xml": (
            b'<environmentvariabledefinition schemaname="pop_V"><type>100000005</type>'
            b"</environmentvariabledefinition>"
        )
    },
)
DEPENDENCIES = (
    b'<MissingDependencies><MissingDependency><Required type="61" schemaName="base_/x.js"'
    b' solution="Base (1.0)" /><Dependent type="60" displayName="Main" /></MissingDependency>'
    b"</MissingDependencies></SolutionManifest>"
)
PACKAGE["solution.xml"] = PACKAGE["solution.xml"].replace(b"</SolutionManifest>", DEPENDENCIES)


def inspected(package: dict[str, bytes] = PACKAGE) -> Inspection:
    return inspect("p.zip", read_contents(package))


def described(description: str) -> dict[str, bytes]:
    element = f'<Descriptions><Description description="{description}" /></Descriptions><Version>'
    return PACKAGE | {
        "solution.xml": PACKAGE["solution.xml"].replace(b"<Version>", element.encode())
    }


def test_web_resource_knows_the_forms_that_load_it_whatever_the_case() -> None:
    first, second = inspected().web_resources
    assert (first.name, first.type, first.size) == ("a.js", "script", 1)
    assert (first.sha256, first.used_by) == (content_hash(b"1"), ("account / Main",))
    assert second.used_by == ()


@pytest.mark.parametrize(
    ("dependency_xml", "used_by"),
    [
        ("&lt;Dependencies&gt;&lt;Library name='A.JS'/&gt;&lt;/Dependencies&gt;", ("b.js",)),
        ("&lt;Dependencies&gt;", ()),
        ("", ()),
    ],
)
def test_web_resource_knows_who_names_it_as_a_dependency(
    dependency_xml: str, used_by: tuple[str, ...]
) -> None:
    package = parts(scripts={"a.js": b"1", "b.js": b"2"})
    element = f"<Name>b.js</Name><DependencyXml>{dependency_xml}</DependencyXml>".encode()
    package["customizations.xml"] = package["customizations.xml"].replace(
        b"<Name>b.js</Name>", element
    )
    assert inspected(package).web_resources[0].used_by == used_by


def test_json_has_the_keys_of_its_format() -> None:
    document = json.loads(inspection_json(inspected()))
    assert list(document) == [
        "format",
        "source",
        "content_digest",
        "provenance",
        "solution",
        "components",
        "web_resources",
        "forms",
        "environment_variables",
        "missing_dependencies",
        "other_components",
        "against",
        "import_effects",
        "notes",
    ]
    assert document["format"] == 1
    assert document["content_digest"] == content_digest(PACKAGE)
    assert [handler["function_name"] for handler in document["forms"][0]["handlers"]] == [
        "Pop.one",
        "Pop.two",
    ]
    assert document["missing_dependencies"][0]["required_solution"] == "Base (1.0)"
    assert document["environment_variables"][0]["type_name"] == "secret"
    assert document["other_components"] == {"security roles": ["Agent"], "tables": ["account"]}
    assert document["import_effects"] is None


def test_import_creates_changes_and_leaves_what_the_comparison_says() -> None:
    installed = parts(version="0.9", scripts={"a.js": b"1", "b.js": b"old", "c.js": b"3"})
    comparison = compare(side("installed.zip", installed), side("p.zip", PACKAGE))
    found = inspect("p.zip", read_contents(PACKAGE), comparison)
    assert found.effects is not None
    assert {item.name: item.effect for item in found.effects} == {
        "Pop": Effect.CHANGE,
        "a.js": Effect.LEAVE,
        "b.js": Effect.CHANGE,
        "c.js": Effect.NOT_IN_PACKAGE,
        "account / Main (main)": Effect.CREATE,
        "pop_V": Effect.CREATE,
        "Agent": Effect.CREATE,
        "account": Effect.CREATE,
    }
    assert "An import over installed.zip would" in inspection_text(found, 80)


def test_stamp_is_said_to_match_and_never_to_prove_anything() -> None:
    stamped = stamp(described(with_blank_mark("Pops records.")))
    # Whoever changes a package can stamp it again.
    for package in (stamped, stamp(stamped | {"WebResources/a.js": b"2"})):
        found = inspected(package)
        document = json.loads(inspection_json(found))
        says = "matches its own stamp; prove it with d365pop verify"
        assert document["provenance"] == {
            "digest": provenance_digest(package),
            "matches_own_stamp": True,
            "meaning": says,
        }
        assert document["content_digest"] == provenance_digest(package)
        assert says in inspection_html(found)
        assert says in inspection_text(found, 80)
        assert "unchanged" not in inspection_html(found) + inspection_text(found, 80)


def test_package_that_contradicts_its_stamp_is_said_to_be_changed() -> None:
    stamped = stamp(described(with_blank_mark("Pops records.")))
    found = inspected(stamped | {"WebResources/a.js": b"2"})
    assert json.loads(inspection_json(found))["provenance"]["matches_own_stamp"] is False
    assert "CHANGED after it was stamped" in inspection_text(found, 80)
    assert "CHANGED after it was stamped" in inspection_html(found)


def test_package_of_another_tool_has_no_provenance() -> None:
    assert json.loads(inspection_json(inspected()))["provenance"] is None
    assert "stamped as" not in inspection_text(inspected(), 80)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_text_fits_its_width_and_loses_no_name(width: int) -> None:
    text = inspection_text(inspected(described("word " * 60)), width)
    assert max(map(len, text.splitlines())) <= width
    for name in ("a.js", "b.js", "account / Main", "Pop.two", "Base", "pop_V", "Agent"):
        assert name in text


def test_file_that_is_missing_is_said_so() -> None:
    package = {name: content for name, content in PACKAGE.items() if name != "WebResources/b.js"}
    assert "missing" in inspection_text(inspected(package), 80)
    assert '<strong class="bad">missing</strong>' in inspection_html(inspected(package))


def test_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    page = inspection_html(inspected())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} &#39;sha256-{digest}&#39;" in policy[1]
    assert policy[1].startswith("default-src &#39;none&#39;;")
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", page)


@pytest.mark.parametrize("place", ["description", "script", "form", "role", "source"])
def test_page_escapes_what_the_package_says(place: str) -> None:
    attribute = ESCAPED.replace('"', "&quot;")
    package = {
        "description": described(attribute),
        "script": PACKAGE
        | {
            "customizations.xml": PACKAGE["customizations.xml"].replace(b"a.js", attribute.encode())
        },
        "form": parts(forms=system_form("<tabs/>", name=attribute)),
        "role": parts(more=f'<Roles><Role name="{attribute}" /></Roles>'),
        "source": PACKAGE,
    }[place]
    source = HOSTILE if place == "source" else "p.zip"
    page = inspection_html(inspect(source, read_contents(package)))
    assert HOSTILE not in page
    assert ESCAPED in page


def test_characters_that_turn_text_around_are_spelled_on_the_page_and_in_text() -> None:
    package = described("a\u202eb\x9bc")
    for report in (inspection_html(inspected(package)), inspection_text(inspected(package), 80)):
        assert "\u202e" not in report
        assert "\\u202e" in report


def test_every_sample_is_told_in_every_format(shared: Path) -> None:
    samples = shared / "samples"
    found = 0
    for path in [*sorted((samples / "packages").iterdir()), samples / "unpacked" / "sb_mock"]:
        inspection = inspect(path.name, read_contents(open_package(path)))
        name = inspection.contents.manifest.unique_name
        assert name in inspection_text(inspection, 80)
        assert name in inspection_html(inspection)
        assert json.loads(inspection_json(inspection))["solution"]["unique_name"] == name
        found += 1
    assert found == 8


@pytest.mark.parametrize("secret", ["password=abc", "password=&quot;abc&quot;", "Bearer abcabcabc"])
def test_secret_in_a_description_is_masked_and_breaks_no_format(secret: str) -> None:
    found = inspected(described(secret))
    document = json.loads(inspection_json(found))
    assert "[redacted]" in document["solution"]["description"]
    page = inspection_html(found)
    assert re.search(r'<p class="description">[^<]*\[redacted\][^<]*</p>', page)
    for report in (json.dumps(document), page, inspection_text(found, 80)):
        assert "abc" not in report


def test_page_holds_no_command_to_a_pipeline() -> None:
    page = inspection_html(inspected(described("##vso[task.x]y&#10;::error::z")))
    assert "##" not in page
    assert not re.search(r"^\s*::", page, re.MULTILINE)


def test_values_of_secret_variables_are_in_no_format() -> None:
    folder = "environmentvariabledefinitions/v"
    definition = (
        b'<environmentvariabledefinition schemaname="pop_V"><type>100000005</type>'
        b"<defaultvalue>hunter2</defaultvalue></environmentvariabledefinition>"
    )
    value = (
        b"<environmentvariablevalues><environmentvariablevalue><value>hunter3</value>"
        b"</environmentvariablevalue></environmentvariablevalues>"
    )
    files = {
        f"{folder}/environmentvariabledefinition.xml": definition,
        f"{folder}/environmentvariablevalues.xml": value,
    }
    found = inspected(parts(files=files))
    (shown,) = json.loads(inspection_json(found))["environment_variables"]
    assert (shown["default_value"], shown["value"]) == ("[redacted]", "[redacted]")
    for report in (inspection_json(found), inspection_html(found), inspection_text(found, 80)):
        assert "hunter" not in report
    plain = inspected(
        parts(files=files | {k: v.replace(b"5</type>", b"0</type>") for k, v in files.items()})
    )
    assert "hunter2" in inspection_json(plain)


@pytest.mark.parametrize("start", ["-----BEGIN PRIVATE KEY-----", "password=&quot;"])
def test_start_of_a_secret_hides_nothing_that_comes_after_it(start: str) -> None:
    text = inspection_text(inspected(described(start)), 80)
    for name in ("a.js", "account / Main", "pop_V"):
        assert name in text


def test_key_in_a_description_is_masked_in_all_its_lines() -> None:
    key = "-----BEGIN PRIVATE KEY-----&#10;MIIEvg&#10;-----END PRIVATE KEY-----"
    assert "MIIEvg" not in inspection_text(inspected(described(key)), 80)
