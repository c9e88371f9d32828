"""Whatever a package says of a component: another text there is a difference."""

from collections.abc import Callable

import pytest

from d365pop.compare.packages import compare
from tests.unit.compare.samples import parts, side

Package = Callable[[str], dict[str, bytes]]

FOLDER = "environmentvariabledefinitions/v"
DEFINITION = f"{FOLDER}/environmentvariabledefinition.xml"
LABELS = (
    '<LocalizedName description="Main" languagecode="1033" />'
    '<LocalizedName description="{0}" languagecode="1031" />'
)
FORM_LABELS = "<LocalizedNames>" + LABELS + "</LocalizedNames>"


def web_resource(child: str) -> dict[str, bytes]:
    element = f"<WebResource><Name>a.js</Name>{child}</WebResource>"
    return parts(more=f"<WebResources>{element}</WebResources>")


def form(child: str) -> dict[str, bytes]:
    return parts(
        forms=f"<systemform><formid>{{1}}</formid>{child}<form><tabs /></form></systemform>"
    )


def variable(child: str, type_code: int = 100_000_000) -> dict[str, bytes]:
    element = (
        f'<environmentvariabledefinition schemaname="v"><type>{type_code}</type>{child}'
        "</environmentvariabledefinition>"
    )
    return parts(files={DEFINITION: element.encode()})


def old_variable(child: str) -> dict[str, bytes]:
    element = f"<Definition><SchemaName>v</SchemaName>{child}</Definition>"
    return parts(more=f"<EnvironmentVariables>{element}</EnvironmentVariables>")


def child(tag: str) -> str:
    return f"<{tag}>{{0}}</{tag}>"


WEB_RESOURCE = [
    "WebResourceId",
    "DisplayName",
    "Description",
    "WebResourceType",
    "LanguageCode",
    "SilverlightVersion",
    "IsEnabledForMobileClient",
    "IsAvailableForMobileOffline",
    "DependencyXml",
    "IsCustomizable",
    "CanBeDeleted",
    "IsHidden",
    "FileName",
    "SomethingNew",
]
FORM = ["FormActivationState", "FormPresentation", "IsCustomizable", "CanBeDeleted", "New"]
VARIABLE = ["isrequired", "secretstore", "iscustomizable", "hint", "valueschema", "defaultvalue"]
CASES = [
    *(pytest.param(web_resource, child(tag), id=f"web resource {tag}") for tag in WEB_RESOURCE),
    *(pytest.param(form, child(tag), id=f"form {tag}") for tag in FORM),
    pytest.param(form, FORM_LABELS, id="label of a form in another language"),
    *(pytest.param(variable, child(tag), id=f"variable {tag}") for tag in VARIABLE),
    *(
        pytest.param(old_variable, child(tag), id=f"old variable {tag}")
        for tag in ("Type", "IsRequired", "DefaultValue")
    ),
]


@pytest.mark.parametrize(("package", "text"), CASES)
def test_changed_field_is_a_difference(package: Package, text: str) -> None:
    before, after = package(text.format("1")), package(text.format("2"))
    (difference,) = compare(side("a", before), side("b", after)).differences
    assert str(difference.change) == "changed"
    assert difference.details or difference.lines
    assert compare(side("a", before), side("b", before)).is_same


@pytest.mark.parametrize(
    ("package", "tag"),
    [
        (web_resource, "IntroducedVersion"),
        (form, "IntroducedVersion"),
        (variable, "introducedversion"),
    ],
)
def test_version_that_brought_a_component_first_is_no_difference(
    package: Package, tag: str
) -> None:
    before, after = package(child(tag).format("1.0")), package(child(tag).format("2.0"))
    assert compare(side("a", before), side("b", after)).is_same


def test_changed_secret_is_a_difference_that_does_not_show_it() -> None:
    texts = [f"<defaultvalue>{text}</defaultvalue>" for text in ("hunter2", "hunter3")]
    # One side that says it is a secret is enough.
    for before in (variable(texts[0], 100_000_005), variable(texts[0])):
        after = variable(texts[1], 100_000_005)
        (difference,) = compare(side("a", before), side("b", after)).differences
        assert "hunter" not in repr(difference)
        assert difference.details[-1].after == "changed; a secret is not shown"


def test_new_secret_is_masked() -> None:
    before = variable("", 100_000_005)
    after = variable("<defaultvalue>hunter2</defaultvalue>", 100_000_005)
    (difference,) = compare(side("a", before), side("b", after)).differences
    (detail,) = difference.details
    assert (detail.before, detail.after) == ("(none)", "[redacted]")
