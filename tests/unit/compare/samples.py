"""Small packages to compare."""

from collections.abc import Mapping

from d365pop.compare.side import Side
from d365pop.compare.source_maps import Sources
from d365pop.solution.reading import read_contents

LIBRARY = '<Library name="{0}" libraryUniqueId="{{1}}" />'
HANDLER = '<Handler functionName="{0}" libraryName="a.js" handlerUniqueId="{{2}}" enabled="true" />'


def parts(
    *,
    version: str = "1.0",
    scripts: Mapping[str, bytes] | None = None,
    forms: str = "",
    more: str = "",
    files: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    scripts = scripts or {}
    resources = "".join(
        f"<WebResource><Name>{name}</Name><WebResourceType>3</WebResourceType>"
        f"<FileName>/WebResources/{name}</FileName></WebResource>"
        for name in scripts
    )
    entity = f'<Name>account</Name><FormXml><forms type="main">{forms}</forms></FormXml>'
    entities = f"<Entities><Entity>{entity}</Entity></Entities>" if forms else ""
    manifest = f"<UniqueName>Pop</UniqueName><Version>{version}</Version><Managed>0</Managed>"
    return {
        "solution.xml": f"<ImportExportXml><SolutionManifest>{manifest}</SolutionManifest>"
        "</ImportExportXml>".encode(),
        "customizations.xml": f"<ImportExportXml>{entities}<WebResources>{resources}"
        f"</WebResources>{more}</ImportExportXml>".encode(),
        **{f"WebResources/{name}": content for name, content in scripts.items()},
        **(files or {}),
    }


def system_form(body: str, name: str = "Main") -> str:
    return (
        f"<systemform><formid>{{1}}</formid><form>{body}</form><LocalizedNames>"
        f'<LocalizedName description="{name}" languagecode="1033" /></LocalizedNames></systemform>'
    )


def side(
    label: str, package: Mapping[str, bytes], sources: Mapping[str, Sources] | None = None
) -> Side:
    return Side(label, read_contents(package), sources or {})
