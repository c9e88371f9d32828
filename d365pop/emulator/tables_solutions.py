"""Tables that tell of solutions: layers, summaries, history, kinds of component; knows no rows."""

from d365pop.emulator.metadata import Column, Kind
from d365pop.emulator.table_kit import NONE, columns, flag, lookup, number, table, texts

SOLUTION_HISTORY = table(
    "msdyn_solutionhistory",
    "msdyn_solutionhistories",
    "msdyn_name",
    [
        *texts("msdyn_name", "msdyn_solutionversion", "msdyn_publishername", "msdyn_packagename"),
        *texts("msdyn_packageversion", "msdyn_errorcode", "msdyn_exceptionmessage"),
        *texts("msdyn_exceptionstack", "msdyn_totaltime"),
        *columns(Kind.INTEGER, "msdyn_operation", "msdyn_suboperation", "msdyn_status"),
        *columns(Kind.BOOLEAN, "msdyn_result", "msdyn_ismanaged", "msdyn_ispatch"),
        *columns(Kind.BOOLEAN, "msdyn_isoverwritecustomizations", "msdyn_ismicrosoftpublisher"),
        *columns(Kind.DATETIME, "msdyn_starttime", "msdyn_endtime"),
        *columns(Kind.ID, "msdyn_solutionid", "msdyn_correlationid", "msdyn_activityid"),
    ],
    object_type_code=10037,
    writes=NONE,
    versioned=False,
)
COMPONENT_LAYER = table(
    "msdyn_componentlayer",
    "msdyn_componentlayers",
    "msdyn_name",
    [
        *texts("msdyn_name", "msdyn_solutionname", "msdyn_publishername", "msdyn_changes"),
        *texts("msdyn_componentid", "msdyn_solutioncomponentname", "msdyn_componentjson"),
        *texts("msdyn_children"),
        number("msdyn_order"),
        Column("msdyn_overwritetime", Kind.DATETIME),
    ],
    object_type_code=10005,
    writes=NONE,
    virtual=True,
    versioned=False,
)
COMPONENT_SUMMARY = table(
    "msdyn_solutioncomponentsummary",
    "msdyn_solutioncomponentsummaries",
    "msdyn_name",
    [
        *texts("msdyn_name", "msdyn_displayname", "msdyn_schemaname", "msdyn_componentlogicalname"),
        *columns(Kind.ID, "msdyn_objectid", "msdyn_solutionid"),
        number("msdyn_componenttype"),
        flag("msdyn_ismanaged"),
        flag("msdyn_hasactivecustomization"),
        flag("msdyn_iscustomizable", default=True),
    ],
    object_type_code=10013,
    writes=NONE,
    virtual=True,
    versioned=False,
)
COMPONENT_DEFINITION = table(
    "solutioncomponentdefinition",
    "solutioncomponentdefinitions",
    "name",
    [
        *texts("name", "primaryentityname"),
        *columns(Kind.INTEGER, "objecttypecode", "solutioncomponenttype"),
        flag("isviewable", default=True),
    ],
    object_type_code=7104,
    writes=NONE,
    virtual=True,
)
SDK_MESSAGE = table(
    "sdkmessage",
    "sdkmessages",
    "name",
    [*texts("name", "categoryname"), flag("isprivate"), flag("isactive", default=True)],
    object_type_code=4606,
    writes=NONE,
    virtual=True,
)
SDK_MESSAGE_FILTER = table(
    "sdkmessagefilter",
    "sdkmessagefilters",
    "name",
    [
        *texts("name", "primaryobjecttypecode", "secondaryobjecttypecode"),
        flag("isvisible", default=True),
        lookup("sdkmessageid", "sdkmessage"),
    ],
    object_type_code=4607,
    writes=NONE,
    virtual=True,
)
IMPORTED_LAYER = table(
    "d365pop_layer",
    "d365pop_layers",
    "objectid",
    [
        *columns(Kind.INTEGER, "componenttype", "position", "isdiff"),
        *columns(Kind.ID, "objectid", "solutionid"),
        *texts("layervalues"),
        Column("overwritetime", Kind.DATETIME),
    ],
    writes=NONE,
    indexed=("objectid",),
)
"""What each managed solution brought of a component, lowest position first; never served."""
IMPORTED_SOURCE = table(
    "d365pop_source",
    "d365pop_sources",
    "solutionid",
    [*texts("manifest", "customizations", "files", "included"), Column("solutionid", Kind.ID)],
    writes=NONE,
)
"""What an import brought beside rows, so that an export holds it again; never served."""
IMPORTED_DEFINITION = table(
    "d365pop_definition",
    "d365pop_definitions",
    "name",
    [Column("solutionid", Kind.ID), *texts("kind", "name", "definition")],
    writes=NONE,
)
"""Tables, relationships and option sets that packages define; never served."""

SERVED = (
    *(SOLUTION_HISTORY, COMPONENT_LAYER, COMPONENT_SUMMARY, COMPONENT_DEFINITION),
    *(SDK_MESSAGE, SDK_MESSAGE_FILTER),
)
INTERNAL = (IMPORTED_LAYER, IMPORTED_SOURCE, IMPORTED_DEFINITION)
