"""A good package with a form, made by our own writer, and one broken twin of it for each rule."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from d365pop.check.scripts.definitions import Definitions
from d365pop.models import (
    EnvironmentVariable,
    FormEvent,
    FormHandler,
    Publisher,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
)
from d365pop.solution.manifest import file_name, package_parts, read_templates
from d365pop.solution.packaged_forms import packaged_form

ROOT = Path(__file__).resolve().parents[3]
TYPES, SOLUTION, CUSTOM = "[Content_Types].xml", "solution.xml", "customizations.xml"
APP = WebResource("pop_/app.js", "App", "", WebResourceType.SCRIPT, b"var Pop = {};\n")
LIB = WebResource("pop_/lib.js", "Library", "", WebResourceType.SCRIPT, b"var Lib = {};\n")
PAGE = WebResource("pop_/page.html", "Page", "", WebResourceType.HTML, b"<!DOCTYPE html>\n")
ICON = WebResource("pop_/icon.svg", "Icon", "", WebResourceType.SVG, b"<svg/>\n")
TEXTS = WebResource("pop_/texts.1033.resx", "Texts", "", WebResourceType.RESX, b"<root/>\n")
EXPORTED = MappingProxyType(
    {APP.content: frozenset({"Pop", "Pop.onLoad", "Pop.onSave"}), LIB.content: frozenset({"Lib"})}
)
OWN = Solution(
    unique_name="ScreenPop",
    display_name="Screen pop",
    description="Opens the caller",
    version="1.4.0.0",
    publisher=Publisher("contoso", "Contoso Ltd", "pop", 12345),
    web_resources=(APP, LIB, PAGE, ICON),
    environment_variables=(
        EnvironmentVariable("pop_Settings", "Settings", "Where", VariableType.JSON),
    ),
)
VARIABLE = "environmentvariabledefinitions/pop_Settings/environmentvariabledefinition.xml"
FORM_ID = "{8448b78f-8f42-454e-8e2a-f8196b0419af}"
LIBRARIES = """\
<formLibraries>
<Library name="pop_/app.js" libraryUniqueId="{11111111-1111-4111-8111-111111111111}" />
<Library name="pop_/lib.js" libraryUniqueId="{22222222-2222-4222-8222-222222222222}" />
</formLibraries>
"""
ON_LOAD = """\
<event name="onload" application="false" active="false">
<Handlers>
<Handler functionName="Pop.onLoad" libraryName="pop_/app.js" \
handlerUniqueId="{33333333-3333-4333-8333-333333333333}" enabled="true" parameters="" \
passExecutionContext="true" />
</Handlers>
</event>
"""
ON_SAVE = """\
<event name="onsave" application="false" active="false">
<Handlers>
<Handler functionName="Pop.onSave" libraryName="pop_/app.js" \
handlerUniqueId="{44444444-4444-4444-8444-444444444444}" enabled="true" \
passExecutionContext="true" />
</Handlers>
</event>
"""
EVENTS = f"<events>\n{ON_LOAD}{ON_SAVE}</events>\n"
SYSTEM_FORM = f"""\
<systemform>
<formid>{FORM_ID}</formid>
<IntroducedVersion>1.4.0.0</IntroducedVersion>
<FormPresentation>1</FormPresentation>
<FormActivationState>1</FormActivationState>
<form>
<tabs><tab><columns><column width="100%" /></columns></tab></tabs>
{EVENTS}{LIBRARIES}</form>
<IsCustomizable>1</IsCustomizable>
<LocalizedNames><LocalizedName description="Account" languagecode="1033" /></LocalizedNames>
</systemform>
"""
RIBBON = """\
<RibbonDiffXml>
<CustomActions>
<CustomAction Id="pop.Open.CustomAction" Location="Mscrm.HomepageGrid.account.MainTab.Management\
.Controls._children" Sequence="10">
<CommandUIDefinition>
<Button Id="pop.Open" Command="pop.Open.Command" LabelText="$LocLabels:pop.Open.LabelText" />
</CommandUIDefinition>
</CustomAction>
</CustomActions>
<CommandDefinitions>
<CommandDefinition Id="pop.Open.Command">
<EnableRules />
<DisplayRules />
<Actions>
<JavaScriptFunction FunctionName="Pop.onLoad" Library="$webresource:pop_/app.js" />
</Actions>
</CommandDefinition>
</CommandDefinitions>
<LocLabels>
<LocLabel Id="pop.Open.LabelText">
<Titles><Title languagecode="1033" description="Open" /></Titles>
</LocLabel>
</LocLabels>
</RibbonDiffXml>
"""
ENTITIES = f"""\
<Entities>
<Entity>
<Name LocalizedName="Account" OriginalName="">Account</Name>
<EntityInfo><entity Name="Account" unmodified="1"><attributes /></entity></EntityInfo>
<FormXml>
<forms type="main">
{SYSTEM_FORM}</forms>
</FormXml>
{RIBBON}</Entity>
</Entities>"""
TABLE_ROOT = '<RootComponent type="1" schemaName="account" behavior="1" />'
FORM_ROOT = f'<RootComponent type="60" id="{FORM_ID}" behavior="0" />'
DEPENDENCY_XML = (
    "<DependencyXml>&lt;Dependencies&gt;&lt;Dependency componentType=&quot;WebResource&quot;&gt;"
    "&lt;Library name=&quot;pop_/lib.js&quot; displayName=&quot;Library&quot;"
    " libraryUniqueId=&quot;{22222222-2222-4222-8222-222222222222}&quot;/&gt;"
    "&lt;/Dependency&gt;&lt;/Dependencies&gt;</DependencyXml>"
)
OFFLINE = "<IsAvailableForMobileOffline>0</IsAvailableForMobileOffline>"

BARE_FORM = SYSTEM_FORM.replace(EVENTS, "").replace(LIBRARIES, "")
# Everything that our writer can put into a package.
FULL = dataclasses.replace(
    OWN,
    web_resources=(dataclasses.replace(APP, needs=(LIB.name, TEXTS.name)), LIB, TEXTS),
    forms=(
        packaged_form(
            f'<forms type="main">{BARE_FORM}</forms>'.encode(),
            "Account",
            [FormHandler(FormEvent.ON_LOAD, "Pop.onLoad", APP.name)],
            "account.xml",
        ),
    ),
)

Parts = dict[str, bytes]
Break = Callable[[Parts], None]


def own_parts(solution: Solution = OWN, *, managed: bool = False) -> Parts:
    """Return what our writer makes, and nothing else."""
    return package_parts(solution, read_templates(ROOT / "solution_template"), managed=managed)


def good_parts() -> Parts:
    """Return our writer's package with a form, as an export of the same would carry it."""
    parts = own_parts()
    replace(parts, CUSTOM, "<Entities />", ENTITIES)
    replace(parts, CUSTOM, OFFLINE, f"{OFFLINE}\n{DEPENDENCY_XML}")
    replace(parts, SOLUTION, "<RootComponents>", f"<RootComponents>\n{TABLE_ROOT}\n{FORM_ROOT}")
    return parts


def exported_names(code: bytes) -> Definitions | None:
    """Stand in for the engine: what each script of the good package defines."""
    functions = EXPORTED.get(code)
    return None if functions is None else Definitions(functions, frozenset())


def part_of(resource: WebResource) -> str:
    return file_name(resource.name, resource.web_resource_id).lstrip("/")


def replace(parts: Parts, part: str, old: str, new: str) -> None:
    """Replace the first ``old``, which must be there: no twin may turn into the good package."""
    content = parts[part].decode("utf-8-sig")
    assert old in content, f"{old} is not in {part}"
    bom = b"\xef\xbb\xbf" if parts[part].startswith(b"\xef\xbb\xbf") else b""
    parts[part] = bom + content.replace(old, new, 1).encode()


def edit(part: str, old: str, new: str = "") -> Break:
    def apply(parts: Parts) -> None:
        replace(parts, part, old, new)

    return apply


def content(resource: WebResource, value: bytes) -> Break:
    def apply(parts: Parts) -> None:
        parts[part_of(resource)] = value

    return apply


def add(part: str, value: bytes = b"x", entry: str = "") -> Break:
    def apply(parts: Parts) -> None:
        parts[part] = value
        if entry:
            replace(parts, TYPES, "</Types>", f"{entry}</Types>")

    return apply


def drop(part: str) -> Break:
    def apply(parts: Parts) -> None:
        del parts[part]

    return apply


def both(*steps: Break) -> Break:
    def apply(parts: Parts) -> None:
        for step in steps:
            step(parts)

    return apply


def override(part: str) -> str:
    return f'<Override PartName="/{part}" ContentType="application/octet-stream" />'


def web_resource(parts: Mapping[str, bytes], resource: WebResource) -> str:
    """Return the whole element of a web resource as it stands in customizations.xml."""
    elements = re.findall(r"<WebResource>.*?</WebResource>", parts[CUSTOM].decode(), re.DOTALL)
    (found,) = (text for text in elements if f"<Name>{resource.name}</Name>" in text)
    return str(found)


def rename(old: str, new: str) -> Break:
    """Give a web resource another name wherever it is named by element or component."""
    return both(
        edit(CUSTOM, f"<Name>{old}</Name>", f"<Name>{new}</Name>"),
        edit(SOLUTION, f'schemaName="{old}"', f'schemaName="{new}"'),
    )


def repeat_web_resource(resource: WebResource, old_name: str, new_name: str) -> Break:
    """Declare ``resource`` once more under another name, with its own file."""

    def apply(parts: Parts) -> None:
        copy_part = f"WebResources/copy{len(parts)}"
        element = web_resource(parts, resource)
        copy = element.replace(f"<Name>{old_name}</Name>", f"<Name>{new_name}</Name>")
        copy = copy.replace(part_of(resource), copy_part)
        replace(parts, CUSTOM, element, f"{element}\n{copy}")
        add(copy_part, b"<p>", override(copy_part))(parts)

    return apply


def edit_last(part: str, old: str, new: str) -> Break:
    def apply(parts: Parts) -> None:
        first, found, last = parts[part].decode().rpartition(old)
        assert found, f"{old} is not in {part}"
        parts[part] = f"{first}{new}{last}".encode()

    return apply
