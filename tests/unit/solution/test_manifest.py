"""The parts of a package as the platform writes them, and what is refused before sign-in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from d365pop.errors import BundleError
from d365pop.models import (
    EnvironmentVariable,
    Publisher,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
)
from d365pop.solution.manifest import TEMPLATES, file_name, package_parts, read_templates

TEMPLATE_ROOT = Path(__file__).parents[3] / "solution_template"
SCRIPT = WebResource(
    "pop_/screenpop/form.js", "Form & script", "", WebResourceType.SCRIPT, b"var a;"
)
PAGE = WebResource(
    "pop_/screenpop/softphone.html", "Page", "Two\nlines <b>", WebResourceType.HTML, b"<html>"
)
VARIABLE = EnvironmentVariable("pop_Settings", "Settings", 'In "JSON"', VariableType.JSON)
SOLUTION = Solution(
    unique_name="ScreenPop",
    display_name="Screen 'pop' <1>",
    description="A & B\nC",
    version="1.2.3.4",
    publisher=Publisher("contoso", "Contoso Ltd", "pop", 12345),
    web_resources=(PAGE, SCRIPT),
    environment_variables=(VARIABLE,),
)
SCRIPT_PART = "WebResources/pop_screenpopformjs5E8D7B63-A10D-5DED-89D2-164E6B341A89"
PAGE_PART = "WebResources/pop_screenpopsoftphonehtml7CC6C5CF-4900-5569-A83B-2683FD55B5A7"
VARIABLE_PART = "environmentvariabledefinitions/pop_Settings/environmentvariabledefinition.xml"


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    return read_templates(TEMPLATE_ROOT)


def refusal(solution: Solution, templates: dict[str, str]) -> BundleError:
    with pytest.raises(BundleError) as caught:
        package_parts(solution, templates, managed=False)
    return caught.value


def test_package_has_the_parts_of_an_export(templates: dict[str, str]) -> None:
    parts = package_parts(SOLUTION, templates, managed=False)
    assert set(parts) == {
        "[Content_Types].xml",
        "solution.xml",
        "customizations.xml",
        SCRIPT_PART,
        PAGE_PART,
        VARIABLE_PART,
    }
    assert (parts[SCRIPT_PART], parts[PAGE_PART]) == (b"var a;", b"<html>")


def test_manifest_says_what_it_was_made_from(templates: dict[str, str]) -> None:
    root = etree.fromstring(package_parts(SOLUTION, templates, managed=False)["solution.xml"])
    manifest = root[0]
    assert dict(root.items()) == {
        "version": "9.1.0.0",
        "SolutionPackageVersion": "9.1",
        "languagecode": "1033",
        "generatedBy": "CrmLive",
    }
    assert [child.tag for child in manifest] == [
        "UniqueName",
        "LocalizedNames",
        "Descriptions",
        "Version",
        "Managed",
        "Publisher",
        "RootComponents",
        "MissingDependencies",
    ]
    assert manifest.findtext("Version") == "1.2.3.4"
    labels = [element.get("description") for element in root.iter("LocalizedName", "Description")]
    assert labels == ["Screen 'pop' <1>", "A & B\nC", "Contoso Ltd"]
    assert [dict(component.items()) for component in root.iter("RootComponent")] == [
        {"type": "61", "schemaName": SCRIPT.name, "behavior": "0"},
        {"type": "61", "schemaName": PAGE.name, "behavior": "0"},
        {"type": "380", "schemaName": "pop_Settings", "behavior": "0"},
    ]


def test_publisher_has_two_empty_addresses(templates: dict[str, str]) -> None:
    root = etree.fromstring(package_parts(SOLUTION, templates, managed=False)["solution.xml"])
    publisher = root.find("SolutionManifest/Publisher")
    assert publisher is not None
    assert publisher.findtext("CustomizationPrefix") == "pop"
    assert publisher.findtext("CustomizationOptionValuePrefix") == "12345"
    addresses = publisher.findall("Addresses/Address")
    assert [address.findtext("AddressNumber") for address in addresses] == ["1", "2"]
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    assert {child.get(nil) for address in addresses for child in list(address)[1:]} == {"true"}
    assert [len(address) for address in addresses] == [26, 26]


@pytest.mark.parametrize(("managed", "flag"), [(False, "0"), (True, "1")])
def test_managed_flag_follows_the_choice(
    templates: dict[str, str],
    managed: bool,  # noqa: FBT001 - pytest passes it by name
    flag: str,
) -> None:
    root = etree.fromstring(package_parts(SOLUTION, templates, managed=managed)["solution.xml"])
    assert root.findtext("SolutionManifest/Managed") == flag


def test_web_resource_is_described_in_the_order_of_the_schema(templates: dict[str, str]) -> None:
    content = package_parts(SOLUTION, templates, managed=False)["customizations.xml"]
    page = etree.fromstring(content).findall("WebResources/WebResource")[1]
    assert [(child.tag, child.text) for child in page] == [
        ("WebResourceId", "{7cc6c5cf-4900-5569-a83b-2683fd55b5a7}"),
        ("Name", "pop_/screenpop/softphone.html"),
        ("DisplayName", "Page"),
        ("Description", "Two\nlines <b>"),
        ("WebResourceType", "1"),
        ("IntroducedVersion", "1.2.3.4"),
        ("IsEnabledForMobileClient", "0"),
        ("IsAvailableForMobileOffline", "0"),
        ("IsCustomizable", "1"),
        ("CanBeDeleted", "1"),
        ("IsHidden", "0"),
        ("FileName", f"/{PAGE_PART}"),
    ]


def test_variable_definition_is_that_of_an_export(templates: dict[str, str]) -> None:
    content = package_parts(SOLUTION, templates, managed=False)[VARIABLE_PART]
    assert content == (
        b'<environmentvariabledefinition schemaname="pop_Settings">\r\n'
        b'  <description default="In &#34;JSON&#34;">\r\n'
        b'    <label description="In &#34;JSON&#34;" languagecode="1033" />\r\n'
        b"  </description>\r\n"
        b'  <displayname default="Settings">\r\n'
        b'    <label description="Settings" languagecode="1033" />\r\n'
        b"  </displayname>\r\n"
        b"  <introducedversion>1.2.3.4</introducedversion>\r\n"
        b"  <iscustomizable>1</iscustomizable>\r\n"
        b"  <isrequired>0</isrequired>\r\n"
        b"  <secretstore>0</secretstore>\r\n"
        b"  <type>100000003</type>\r\n"
        b"</environmentvariabledefinition>"
    )


def test_content_types_name_every_part_without_extension(templates: dict[str, str]) -> None:
    binary = 'ContentType="application/octet-stream" />'
    assert (
        package_parts(SOLUTION, templates, managed=False)["[Content_Types].xml"]
        == (
            '\ufeff<?xml version="1.0" encoding="utf-8"?>'
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Default Extension="xml" {binary}'
            f'<Override PartName="/{SCRIPT_PART}" {binary}'
            f'<Override PartName="/{PAGE_PART}" {binary}'
            "</Types>"
        ).encode()
    )


@pytest.mark.parametrize("part", ["solution.xml", "customizations.xml"])
def test_generated_xml_has_crlf_and_neither_mark_nor_declaration(
    templates: dict[str, str], part: str
) -> None:
    plain = replace(SOLUTION, description="", web_resources=(SCRIPT,))
    content = package_parts(plain, templates, managed=False)[part]
    assert content.startswith(b"<ImportExportXml ")
    assert content.endswith(b"\r\n</ImportExportXml>")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"OrganizationVersion" not in content
    assert not any(line.strip() == b"" for line in content.split(b"\r\n"))


def test_parts_are_the_same_in_whatever_order_resources_come(templates: dict[str, str]) -> None:
    turned = replace(SOLUTION, web_resources=(SCRIPT, PAGE))
    assert package_parts(turned, templates, managed=False) == package_parts(
        SOLUTION, templates, managed=False
    )


def test_a_solution_of_nothing_is_still_well_formed(templates: dict[str, str]) -> None:
    bare = replace(SOLUTION, web_resources=(), environment_variables=())
    root = etree.fromstring(package_parts(bare, templates, managed=False)["solution.xml"])
    assert root.findall("SolutionManifest/RootComponents/*") == []


@pytest.mark.parametrize(
    "solution",
    [SOLUTION, replace(SOLUTION, web_resources=()), replace(SOLUTION, version="10.0.0.12345")],
    ids=["full", "without-web-resources", "long-version"],
)
def test_customizations_validate_against_the_published_schema(
    templates: dict[str, str], shared: Path, solution: Solution
) -> None:
    folder = shared / "schemas" / "9.0.0.2090-portable"
    schema = etree.XMLSchema(file=str(folder / "CustomizationsSolution.xsd"))
    root = etree.fromstring(package_parts(solution, templates, managed=False)["customizations.xml"])
    schema.assertValid(root)
    root.insert(0, etree.Element("Unknown"))
    assert not schema.validate(root)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pre_/js/app.js", "/WebResources/pre_jsappjs"),
        ("pre_a-b_c.d", "/WebResources/pre_a-b_cd"),
        ("pre_" + "x" * 60, "/WebResources/pre_" + "x" * 46),
    ],
)
def test_file_name_follows_the_platforms_rule(name: str, expected: str) -> None:
    guid = UUID("2bd35b47-0000-1111-2222-33334444aaaa")
    assert file_name(name, guid) == f"{expected}2BD35B47-0000-1111-2222-33334444AAAA"


def test_file_names_of_real_packages_follow_the_rule(shared: Path) -> None:
    path = shared / "samples/unpacked/sb_mock/WebResources/sb_/js/sb_mockrecord.form.js.data.xml"
    root = etree.parse(str(path)).getroot()
    guid = UUID(root.findtext("WebResourceId"))
    assert file_name(root.findtext("Name") or "", guid) == root.findtext("FileName")


def with_resource(**changes: Any) -> Solution:
    return replace(SOLUTION, web_resources=(replace(SCRIPT, **changes),))


def with_publisher(**changes: Any) -> Solution:
    return replace(SOLUTION, publisher=replace(SOLUTION.publisher, **changes))


def with_variable(**changes: Any) -> Solution:
    return replace(SOLUTION, environment_variables=(replace(VARIABLE, **changes),))


@pytest.mark.parametrize(
    ("solution", "reference"),
    [
        (replace(SOLUTION, unique_name="1Pop"), "solution-name-invalid"),
        (replace(SOLUTION, unique_name="Screen Pop"), "solution-name-invalid"),
        (replace(SOLUTION, version="1.0.0"), "solution-version-invalid"),
        (replace(SOLUTION, version="1.0.0.0\n"), "solution-version-invalid"),
        (replace(SOLUTION, version="1.0.0.x"), "solution-version-invalid"),
        (replace(SOLUTION, display_name=" "), "display-name-invalid"),
        (replace(SOLUTION, description="a\x00b"), "text-invalid"),
        (with_publisher(unique_name="a-b"), "publisher-name-invalid"),
        (with_publisher(customization_prefix="p"), "publisher-prefix-invalid"),
        (with_publisher(customization_prefix="toolongpr"), "publisher-prefix-invalid"),
        (with_publisher(customization_prefix="1ab"), "publisher-prefix-invalid"),
        (with_publisher(customization_prefix="MSCRMx"), "publisher-prefix-invalid"),
        (with_publisher(option_value_prefix=9_999), "publisher-option-prefix-invalid"),
        (with_publisher(option_value_prefix=100_000), "publisher-option-prefix-invalid"),
        (with_resource(name="new_/a.js"), "web-resource-prefix-invalid"),
        (with_resource(name="popa.js"), "web-resource-prefix-invalid"),
        (with_resource(name="pop_"), "web-resource-name-invalid"),
        (with_resource(name="pop_/a//b.js"), "web-resource-name-invalid"),
        (with_resource(name="pop_/a b.js"), "web-resource-name-invalid"),
        (with_resource(name="pop_/a/"), "web-resource-name-invalid"),
        (with_resource(name="pop_/" + "x" * 252), "web-resource-name-invalid"),
        (with_resource(name="pop_/a.aspx"), "web-resource-extension-invalid"),
        (with_resource(name="pop_/a.css"), "web-resource-type-invalid"),
        (with_resource(type=WebResourceType.SVG), "web-resource-type-invalid"),
        (with_resource(content=bytes(5 * 1024 * 1024 + 1)), "web-resource-too-large"),
        (with_resource(display_name="a\nb"), "display-name-invalid"),
        (with_variable(schema_name="new_Settings"), "environment-variable-name-invalid"),
        (with_variable(schema_name="pop_" + "x" * 97), "environment-variable-name-invalid"),
        (with_variable(schema_name="pop_a/b"), "environment-variable-name-invalid"),
        (
            replace(
                SOLUTION, web_resources=(SCRIPT, replace(SCRIPT, name="pop_/ScreenPop/form.js"))
            ),
            "name-duplicate",
        ),
        (replace(SOLUTION, environment_variables=(VARIABLE, VARIABLE)), "name-duplicate"),
    ],
)
def test_what_an_import_would_refuse_is_refused_here(
    templates: dict[str, str], solution: Solution, reference: str
) -> None:
    assert refusal(solution, templates).reference == reference


@pytest.mark.parametrize(
    "solution",
    [
        with_resource(name="pop_/" + "x" * 251),
        with_resource(name="pop_form.js"),
        with_resource(name="pop_/no-extension"),
        with_resource(name="pop_/a.HTM", type=WebResourceType.HTML),
        with_resource(content=bytes(5 * 1024 * 1024)),
        with_publisher(option_value_prefix=10_000),
        with_variable(schema_name="pop_" + "x" * 96),
        replace(SOLUTION, unique_name="_screen_pop_2"),
        replace(
            SOLUTION,
            publisher=replace(SOLUTION.publisher, customization_prefix="ab345678"),
            web_resources=(),
            environment_variables=(),
        ),
    ],
)
def test_what_lies_just_inside_the_rules_is_taken(
    templates: dict[str, str], solution: Solution
) -> None:
    parts = package_parts(solution, templates, managed=False)
    assert len(list(etree.fromstring(parts["customizations.xml"]).iter("WebResource"))) == len(
        solution.web_resources
    )


def test_a_refusal_names_the_web_resource(templates: dict[str, str]) -> None:
    error = refusal(with_resource(name="new_/a.js"), templates)
    assert "new_/a.js" in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("name", "change", "reference"),
    [
        ("solution.xml.j2", lambda text: text.replace(".version", ".versoin"), "template-invalid"),
        ("solution.xml.j2", lambda text: text + "{% if %}", "template-invalid"),
        (
            "solution.xml.j2",
            lambda text: text + "{{ solution.__class__.__mro__ }}",
            "template-invalid",
        ),
        ("solution.xml.j2", lambda text: text.replace("<Managed>", "<managed>"), "xml-invalid"),
        (
            "solution.xml.j2",
            lambda text: text.replace("{{ solution.version }}", "1.0.0.0"),
            "package-part-differs",
        ),
        (
            "customizations.xml.j2",
            lambda text: text.replace("{{ resource.name | text }}", "{{ resource.name | upper }}"),
            "package-part-differs",
        ),
        (
            "customizations.xml.j2",
            lambda text: text.replace("{{ resource.file_name | text }}", "/WebResources/x"),
            "package-part-differs",
        ),
        (
            "environmentvariabledefinition.xml.j2",
            lambda text: text.replace("variable.type.value", "1"),
            "package-part-differs",
        ),
    ],
)
def test_a_broken_template_never_ships(
    templates: dict[str, str], name: str, change: Callable[[str], str], reference: str
) -> None:
    broken = {**templates, name: change(templates[name])}
    assert broken != templates
    assert refusal(SOLUTION, broken).reference == reference


def test_templates_that_are_not_there_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        read_templates(tmp_path)
    assert caught.value.reference == "template-unreadable"
    assert TEMPLATES[0] in caught.value.context
