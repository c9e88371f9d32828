"""What web resources say of themselves: title, description, and what they load with them; pure."""

import re
from collections.abc import Iterator
from typing import Final

from d365pop.deploy.former import Component
from d365pop.deploy.plan import RestoreLabels
from d365pop.models import Desired, Labels, RemoteSnapshot, RemoteWebResource, WebResource
from d365pop.solution.dependencies import dependency_xml

_LIBRARY: Final = re.compile(r"""<Library\b[^>]*?\bname=["']([^"']*)["']""")


def other_labels(resource: WebResource, labels: Labels) -> tuple[str, ...]:
    """Name what ``labels`` say otherwise than the web resource wants; nothing where all is so."""
    # ASSUMED: Dataverse keeps the names of what it asks for; the XML may come back in another form.
    asked = {name.lower() for name in _LIBRARY.findall(labels.dependencies)}
    differs = {
        "title": labels.display_name != resource.display_name,
        "description": labels.description != resource.description,
        "dependency list": asked != {name.lower() for name in resource.needs},
    }
    return tuple(name for name, other in differs.items() if other)


def relabelled(
    desired: Desired, remote: RemoteSnapshot
) -> Iterator[tuple[WebResource, RemoteWebResource]]:
    """Yield the web resources whose newest draft says something else of itself."""
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is not None and other_labels(resource, there.labels):
            yield resource, there


def plan_labels(desired: Desired, remote: RemoteSnapshot) -> Iterator[RestoreLabels]:
    """Yield a step for each web resource that says something else of itself."""
    for resource, there in relabelled(desired, remote):
        other = other_labels(resource, there.labels)
        dependencies = there.labels.dependencies
        if "dependency list" in other:
            dependencies = dependency_xml(resource)
        yield RestoreLabels(
            component=Component.WEB_RESOURCE,
            row_id=there.web_resource_id,
            name=there.name,
            reason=f"its {' and '.join(other)} {'differs' if len(other) == 1 else 'differ'}",
            before=there.labels,
            after=Labels(resource.display_name, resource.description, dependencies),
            # A new content gives the row another version before.
            row_version=there.row_version if there.draft == resource.content else "",
        )


def drift_of_labels(resource: WebResource, there: RemoteWebResource) -> str:
    """Return what a web resource says otherwise, published or not; empty where nothing."""
    newest = other_labels(resource, there.labels)
    live = newest
    if there.published_labels is not None:
        live = other_labels(resource, there.published_labels)
    if live and newest:
        return f"has another {' and '.join(dict.fromkeys((*live, *newest)))}"
    if live:
        return f"is not published with its {' and '.join(live)}"
    return f"has an unpublished edit of its {' and '.join(newest)}" if newest else ""
