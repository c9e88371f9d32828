"""``DependencyXml``: which web resources a web resource asks for; pure."""

from uuid import uuid5
from xml.sax.saxutils import quoteattr

from d365pop.models import ID_NAMESPACE, WebResource


def dependency_xml(resource: WebResource) -> str:
    """Return the text of ``DependencyXml``; empty where the web resource asks for none."""
    if not resource.needs:
        return ""
    libraries = "".join(_library(resource.name, needed) for needed in sorted(resource.needs))
    inner = f'<Dependency componentType="WebResource">{libraries}</Dependency>'
    return f"<Dependencies>{inner}</Dependencies>"


def _library(owner: str, needed: str) -> str:
    unique_id = uuid5(ID_NAMESPACE, f"dependency:{owner.lower()}:{needed.lower()}")
    name = quoteattr(needed)
    return (
        f'<Library name={name} displayName={name} languagecode="" description=""'
        f' libraryUniqueId="{{{unique_id}}}"/>'
    )
