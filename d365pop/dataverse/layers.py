"""Unmanaged layers above a component: what somebody changed by hand on top of a solution."""

import re
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.reading import optional_text

# By the component's type number.
LAYERED: Final = {61: "WebResource", 60: "SystemForm"}
# The unmanaged layer's name; many components have one that changes nothing.
_ACTIVE: Final = "Active"
_MEANINGFUL: Final = re.compile(r'"(content|formxml|formjson|displayname)"', re.IGNORECASE)


def has_active_layer(dv: Dataverse, object_id: str, component_type: int) -> bool:
    """Return whether an unmanaged layer changes what the component is.

    The table answers only with both filters, one component a call.
    """
    options = {
        "$filter": f"msdyn_componentid eq {odata.quote(object_id)} and "
        f"msdyn_solutioncomponentname eq {odata.quote(LAYERED[component_type])}"
    }
    rows = dv.rows("read a component's layers", odata.query("msdyn_componentlayers", options))
    return any(
        optional_text(row, "msdyn_solutionname") == _ACTIVE
        and _MEANINGFUL.search(optional_text(row, "msdyn_changes"))
        for row in rows
    )
