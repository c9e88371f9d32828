"""Generated packages: ours are read as they were written, any others are read or refused."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from d365pop.errors import BundleError
from d365pop.models import (
    EnvironmentVariable,
    Publisher,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
)
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import read_package, write_package
from d365pop.solution.reading import read_contents

TEMPLATES = read_templates(Path(__file__).parents[3] / "solution_template")
TEXT = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=20
).map(str.strip)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@st.composite
def solutions(draw: st.DrawFn) -> Solution:
    resources = draw(st.dictionaries(NAMES, st.binary(min_size=1, max_size=40), max_size=4))
    variables = draw(st.lists(NAMES, unique=True, max_size=3))
    return Solution(
        unique_name=draw(NAMES),
        display_name=draw(TEXT) or "x",
        description=draw(TEXT),
        version=".".join(str(draw(st.integers(0, 65_534))) for _ in range(4)),
        publisher=Publisher(
            draw(NAMES), draw(TEXT) or "x", "pop", draw(st.integers(10_000, 99_999))
        ),
        web_resources=tuple(
            WebResource(f"pop_/{name}.js", draw(TEXT) or "x", "", WebResourceType.SCRIPT, content)
            for name, content in sorted(resources.items())
        ),
        environment_variables=tuple(
            EnvironmentVariable(f"pop_{name}", draw(TEXT) or "x", "", VariableType.JSON)
            for name in sorted(variables)
        ),
    )


@settings(max_examples=60, deadline=None)
@given(solution=solutions(), managed=st.booleans())
def test_what_we_write_is_what_is_read(solution: Solution, *, managed: bool) -> None:
    package = write_package(package_parts(solution, TEMPLATES, managed=managed))
    contents = read_contents(read_package(package))
    manifest = contents.manifest
    assert (manifest.unique_name, manifest.display_name, manifest.description) == (
        solution.unique_name,
        solution.display_name,
        solution.description,
    )
    assert (manifest.version, manifest.managed) == (solution.version, str(int(managed)))
    assert (manifest.publisher_unique_name, manifest.publisher_display_name) == (
        solution.publisher.unique_name,
        solution.publisher.display_name,
    )
    assert manifest.option_value_prefix == str(solution.publisher.option_value_prefix)
    assert [
        (w.web_resource_id, w.name, w.display_name, w.type_code, w.content)
        for w in contents.web_resources
    ] == [
        (str(w.web_resource_id), w.name, w.display_name, int(w.type), w.content)
        for w in solution.web_resources
    ]
    assert [(v.schema_name, v.display_name, v.type_code, v.value) for v in contents.variables] == [
        (v.schema_name, v.display_name, int(v.type), None) for v in solution.environment_variables
    ]
    assert [(c.type_code, c.schema_name) for c in manifest.root_components] == [
        *((61, w.name) for w in solution.web_resources),
        *((380, v.schema_name) for v in solution.environment_variables),
    ]
    assert set(contents.other_components) <= {"languages"}


_TAG_NAMES = """
    Entities Entity Name FormXml forms systemform form events event Handlers Handler formLibraries
    Library WebResources WebResource FileName EnvironmentVariables Definition Type Workflows
    RibbonDiffXml CustomActions SolutionManifest RootComponents RootComponent
    MissingDependencies MissingDependency Required
"""
TAGS = st.sampled_from(_TAG_NAMES.split())
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["name", "type", "id", "description", "unmodified", "solution"]),
    st.sampled_from(["", "main", "99999999999999999999", "-1", "{x}", "/../a", "²"]),
    max_size=2,
)


def element(tag: str, attributes: dict[str, str], children: list[str]) -> str:
    pairs = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{pairs}>{''.join(children)}</{tag}>"


TREES = st.recursive(
    st.sampled_from(["", "text", "<!-- c -->", "<?p i?>", "<![CDATA[x]]>", "²", "/WebResources/a"]),
    lambda inner: st.builds(element, TAGS, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=20,
)
FILES = st.dictionaries(
    st.sampled_from(
        [
            "WebResources/a",
            "customapis/a/customapi.xml",
            "environmentvariabledefinitions/a/environmentvariabledefinition.xml",
            "environmentvariabledefinitions/a/environmentvariablevalues.json",
            "environmentvariabledefinitions/environmentvariabledefinition.xml",
            "environment_variable_values.json",
            "a//b",
        ]
    ),
    st.sampled_from(
        [b"", b"<a/>", b"{}", b"[[1]]", b"\xff\xfe", b'{"values":[[],{"value":null}]}']
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TREES, max_size=4), st.lists(TREES, max_size=4), FILES)
def test_any_package_is_read_or_refused(
    manifest: list[str], body: list[str], files: dict[str, bytes]
) -> None:
    parts = files | {
        "solution.xml": f"<ImportExportXml>{''.join(manifest)}</ImportExportXml>".encode(),
        "customizations.xml": f"<ImportExportXml>{''.join(body)}</ImportExportXml>".encode(),
    }
    try:
        contents = read_contents(parts)
    except BundleError as error:
        assert error.reference in {"xml-invalid", "json-invalid"}  # noqa: PT017 - either may be
    else:
        assert contents.parts is parts
