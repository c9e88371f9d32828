"""What is understood of a package's parts, and which parts make reading impossible."""

from pathlib import Path

import pytest

from d365pop.errors import BundleError
from d365pop.solution.contents import MissingDependency, RootComponent, VariableEntry
from d365pop.solution.formxml import RegisteredHandler
from d365pop.solution.package import read_package
from d365pop.solution.reading import read_contents

BOM = b"\xef\xbb\xbf"
EMPTY = b"<ImportExportXml/>"
SOLUTION = b"""<ImportExportXml SolutionPackageVersion="9.2" languagecode="1031">
  <SolutionManifest>
    <UniqueName>Pop</UniqueName>
    <LocalizedNames>
      <LocalizedName description="Pop up" languagecode="1033" />
      <LocalizedName description="Aufgehen" languagecode="1031" />
    </LocalizedNames>
    <Version>1.2.3.4</Version>
    <Managed>1</Managed>
    <RootComponents>
      <RootComponent type="61" schemaName="pop_/a.js" behavior="0" />
      <RootComponent type="60" id="{ABCDEF00-0000-0000-0000-000000000001}" behavior="1" />
    </RootComponents>
    <MissingDependencies>
      <MissingDependency>
        <Required type="2" schemaName="new_x" parentSchemaName="account" solution="Base (1.0)" />
        <Dependent type="60" displayName="Main" id="{1}" />
      </MissingDependency>
    </MissingDependencies>
  </SolutionManifest>
</ImportExportXml>"""
FORM = b"""<ImportExportXml xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Entities><Entity><Name>Account</Name><FormXml><forms type="main"><systemform>
<formid>{AB000000-0000-0000-0000-000000000001}</formid>
<form><formLibraries><Library name="pop_/a.js" libraryUniqueId="{1}" /></formLibraries>
<events><event name="onchange" attribute="name"><Handlers>
<Handler functionName="A.b" libraryName="pop_/a.js" handlerUniqueId="{2}" enabled="true" />
</Handlers><InternalHandlers>
<Handler functionName="I" libraryName="i" handlerUniqueId="3" /></InternalHandlers>
</event></events></form>
<LocalizedNames><LocalizedName description="Main" languagecode="1033" /></LocalizedNames>
</systemform></forms></FormXml></Entity></Entities></ImportExportXml>"""


def contents_of(**parts: bytes | str) -> dict[str, bytes]:
    texts = {name: p.encode() if isinstance(p, str) else p for name, p in parts.items()}
    return {"solution.xml": EMPTY, "customizations.xml": EMPTY, **texts}


def customizations(body: str) -> dict[str, bytes]:
    return contents_of() | {
        "customizations.xml": f"<ImportExportXml>{body}</ImportExportXml>".encode()
    }


def refusal(parts: dict[str, bytes]) -> BundleError:
    with pytest.raises(BundleError) as caught:
        read_contents(parts)
    return caught.value


def test_empty_roots_are_a_package_without_anything() -> None:
    contents = read_contents(contents_of())
    assert (contents.manifest.unique_name, contents.manifest.version) == ("", "")
    assert (contents.web_resources, contents.forms, contents.variables) == ((), (), ())
    assert contents.other_components == {}


def test_manifest_is_read_in_the_solutions_own_language() -> None:
    manifest = read_contents(contents_of() | {"solution.xml": SOLUTION}).manifest
    assert (manifest.unique_name, manifest.display_name) == ("Pop", "Aufgehen")
    assert (manifest.version, manifest.managed, manifest.package_version) == ("1.2.3.4", "1", "9.2")
    assert manifest.root_components == (
        RootComponent(61, "pop_/a.js", "", "0", 11),
        RootComponent(60, "", "abcdef00-0000-0000-0000-000000000001", "1", 12),
    )
    assert manifest.missing_dependencies == (
        MissingDependency(2, "account.new_x", "Base (1.0)", 60, "Main", 15),
    )


def test_form_has_its_libraries_and_handlers_without_internal_ones() -> None:
    (form,) = read_contents(contents_of() | {"customizations.xml": FORM}).forms
    assert (form.table, form.name, form.form_type, form.line) == ("account", "Main", "main", 2)
    assert form.form_id == "ab000000-0000-0000-0000-000000000001"
    assert form.libraries == ("pop_/a.js",)
    assert form.handlers == (
        RegisteredHandler(
            event="onchange",
            attribute="name",
            function_name="A.b",
            library_name="pop_/a.js",
            handler_unique_id="{2}",
            enabled=True,
            pass_execution_context=False,
            parameters="",
        ),
    )
    assert form.form_xml.startswith("<form><formLibraries>")


def test_dialog_is_a_form_that_loads_its_scripts_as_client_resources() -> None:
    body = """<Dialogs><Dialog><FormId>{1}</FormId><FormXml><forms type="dialog"><form>
      <clientresources><internalresources><clientincludes>
      <internaljscriptfile src="$webresource:pop_/d.js" /></clientincludes></internalresources>
      </clientresources></form></forms></FormXml></Dialog></Dialogs>"""
    (form,) = read_contents(customizations(body)).forms
    assert (form.table, form.form_type, form.libraries) == ("", "dialog", ("pop_/d.js",))


def test_web_resource_without_its_file_is_kept_without_content() -> None:
    body = """<WebResources>
      <WebResource><Name>a.js</Name><FileName>/WebResources/a</FileName></WebResource>
      <WebResource><Name>b.js</Name><FileName>/WebResources/b</FileName></WebResource>
    </WebResources>"""
    contents = read_contents(customizations(body) | {"WebResources/a": b"1"})
    assert [(entry.name, entry.content) for entry in contents.web_resources] == [
        ("a.js", b"1"),
        ("b.js", None),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, None, id="none"),
        pytest.param(
            {
                "environmentvariablevalues.json": '{"environmentvariablevalues":'
                '{"environmentvariablevalue":{"iscustomizable":"1","value":"x"}}}'
            },
            "x",
            id="json",
        ),
        pytest.param(
            {
                "environmentvariablevalues.json": '{"environmentvariablevalues":'
                '{"environmentvariablevalue":[{},{"value":5}]}}'
            },
            "5",
            id="json list",
        ),
        pytest.param(
            {
                "environmentvariablevalues.xml": "<environmentvariablevalues>"
                "<environmentvariablevalue><value>y</value></environmentvariablevalue>"
                "</environmentvariablevalues>"
            },
            "y",
            id="xml",
        ),
        pytest.param({"environmentvariablevalues.json": "[]"}, None, id="other json"),
    ],
)
def test_value_of_a_variable_is_found(values: dict[str, str], expected: str | None) -> None:
    folder = "environmentvariabledefinitions/pop_a"
    definition = (
        '<environmentvariabledefinition schemaname="pop_A"><displayname default="A" />'
        "<type>100000003</type><defaultvalue>d</defaultvalue></environmentvariabledefinition>"
    )
    parts = {f"{folder}/environmentvariabledefinition.xml": definition.encode()}
    parts |= {f"{folder}/{name}": text.encode() for name, text in values.items()}
    contents = read_contents(contents_of() | parts)
    part = f"{folder}/environmentvariabledefinition.xml"
    assert contents.variables == (VariableEntry("pop_A", "A", 100_000_003, "d", expected, part),)
    assert contents.other_components == {}


def test_variable_of_the_first_layout_has_the_value_of_its_name() -> None:
    body = "<EnvironmentVariables><Definition><Name>a</Name></Definition></EnvironmentVariables>"
    values = b'{"values":[{"name":"A","value":"v"},7]}'
    contents = read_contents(customizations(body) | {"environment_variable_values.json": values})
    assert [(v.schema_name, v.value) for v in contents.variables] == [("a", "v")]


def test_every_component_is_listed_under_its_kind() -> None:
    body = """<Entities><Entity><Name>New_X</Name><EntityInfo><entity><attributes>
        <attribute PhysicalName="New_A" /><attribute PhysicalName="kept" unmodified="1" />
      </attributes></entity></EntityInfo>
      <RibbonDiffXml><CustomActions><CustomAction /></CustomActions></RibbonDiffXml></Entity>
      <Entity><Name>y</Name><RibbonDiffXml><CustomActions /><RuleDefinitions><TabDisplayRules />
      </RuleDefinitions></RibbonDiffXml></Entity></Entities>
      <Roles><Role name="Agent" /></Roles>
      <Workflows><Workflow Name="W"><XamlFileName>/Workflows/w.xaml</XamlFileName></Workflow>
      </Workflows>
      <SomethingNew><Thing id="7" /><!-- not a component --></SomethingNew>"""
    parts = customizations(body) | {
        "Workflows/w.xaml": b"",
        "customapis/a_b/customapi.xml": b"<customapi/>",
        "customapis/a_b/customapirequestparameters/p/customapirequestparameter.xml": b"<x/>",
        "bots/a_b/bot.xml": b"<bot/>",
        "bots/a_b/configuration.json": b"{}",
        "stray.bin": b"",
    }
    assert read_contents(parts).other_components == {
        "SomethingNew": ("7",),
        "bots": ("a_b",),
        "columns": ("new_x.new_a",),
        "custom API parameters": ("a_b/p",),
        "custom APIs": ("a_b",),
        "other files": ("stray.bin",),
        "processes": ("W",),
        "ribbons": ("new_x",),
        "security roles": ("Agent",),
        "tables": ("new_x", "y"),
    }


@pytest.mark.parametrize(
    ("parts", "reference", "context"),
    [
        pytest.param({}, "package-part-missing", "there is nothing", id="nothing"),
        pytest.param(
            {"solution.xml": EMPTY}, "package-part-missing", "there is solution.xml", id="half"
        ),
        pytest.param(
            {"Pop/solution.xml": EMPTY}, "package-part-missing", "Pop/solution.xml", id="folder"
        ),
        pytest.param(
            {"Solution.XML": EMPTY}, "package-part-missing", "Solution.XML", id="other case"
        ),
        pytest.param(contents_of() | {"solution.xml": b""}, "xml-invalid", "line 1", id="empty"),
        pytest.param(
            contents_of() | {"customizations.xml": b"<ImportExportXml>\n<a>"},
            "xml-invalid",
            "line 2, column",
            id="cut short",
        ),
        pytest.param(
            contents_of() | {"solution.xml": b"<!DOCTYPE a><ImportExportXml/>"},
            "xml-invalid",
            "DOCTYPE",
            id="doctype",
        ),
        pytest.param(
            contents_of() | {"customizations.xml": b"\n<html/>"},
            "package-part-unknown",
            "customizations.xml:2: its root is html",
            id="other root",
        ),
        pytest.param(
            contents_of() | {"solution.xml": EMPTY.decode().encode("utf-16")[:-1]},
            "xml-invalid",
            "line 1",
            id="half utf-16",
        ),
        pytest.param(
            contents_of() | {"customizations.xml": b"<ImportExportXml>" + b"<a>" * 100_000},
            "xml-invalid",
            "line 1",
            id="deep",
        ),
    ],
)
def test_what_cannot_be_read_is_one_error_with_its_place(
    parts: dict[str, bytes], reference: str, context: str
) -> None:
    error = refusal(parts)
    assert (error.reference, context in error.context) == (reference, True), error.context


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\udcff", "nul"])
def test_values_that_are_no_json_are_one_error(text: str) -> None:
    folder = "environmentvariabledefinitions/a"
    parts = contents_of() | {
        f"{folder}/environmentvariabledefinition.xml": b"<environmentvariabledefinition/>",
        f"{folder}/environmentvariablevalues.json": text.encode(errors="surrogateescape"),
    }
    error = refusal(parts)
    assert error.reference == "json-invalid"
    assert error.message.startswith(f"{folder}/environmentvariablevalues.json")


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(BOM + SOLUTION, id="utf-8 with byte order mark"),
        pytest.param(SOLUTION.decode().encode("utf-16"), id="utf-16"),
        pytest.param(SOLUTION.replace(b"\n", b"\r\n"), id="crlf"),
    ],
)
def test_encoding_of_a_part_does_not_matter(encoded: bytes) -> None:
    plain = read_contents(contents_of() | {"solution.xml": SOLUTION})
    assert read_contents(contents_of() | {"solution.xml": encoded}).manifest == plain.manifest


def test_every_sample_package_is_read(shared: Path) -> None:
    found = {}
    for path in sorted((shared / "samples" / "packages").glob("*.zip")):
        contents = read_contents(read_package(path.read_bytes()))
        found[contents.manifest.unique_name, contents.manifest.managed] = (
            [entry.name for entry in contents.web_resources if entry.content],
            len(contents.forms),
            sum(len(form.handlers) for form in contents.forms),
            len(contents.variables),
        )
    assert found == {
        ("CustomActivityDialog", "0"): (["ppp_CustomConvertToActivity.js"], 1, 2, 0),
        ("DependentOptionSetsSample", "1"): (
            [
                "sample_TicketDependentOptionSetConfig.js",
                "sample_SDK.DependentOptionSetSample.js",
                "sample_DependentOptionSetSampleConfig.htm",
            ],
            4,
            6,
            0,
        ),
        ("Sample", "0"): ([], 0, 0, 2),
        ("SecondaryRecordSource_SampleSolution", "1"): (["new_SecondaryRecordSource"], 2, 0, 0),
        ("TerraformSolutionExample", "0"): ([], 3, 0, 3),
        ("TerraformSolutionExample", "1"): ([], 3, 0, 3),
        ("cdsifyintegrationtests", "0"): (["cdsify_/jasmine/test-runner.html"], 3, 0, 0),
    }
