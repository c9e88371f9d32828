"""Modern commands and the tables that they belong to, with their real names; knows no rows."""

from d365pop.emulator.metadata import Column, Kind
from d365pop.emulator.table_kit import (
    NONE,
    columns,
    component_columns,
    flag,
    lookup,
    number,
    table,
    texts,
)

ENTITY = table(
    "entity",
    "entities",
    "logicalname",
    texts("name", "logicalname", "entitysetname"),
    object_type_code=9801,
    writes=NONE,
    virtual=True,
)
"""What a lookup of a table points to: ids are those of the definitions."""
APP_ACTION = table(
    "appaction",
    "appactions",
    "name",
    [
        Column("name", max_length=100),
        Column("uniquename", max_length=300),
        *(
            Column(name, max_length=100)
            for name in ("buttonaccessibilitytext", "buttonlabeltext", "buttontooltiptitle")
        ),
        Column("buttontooltipdescription", max_length=500),
        Column("contextvalue", max_length=150),
        Column("fonticon", max_length=100),
        Column("onclickeventjavascriptfunctionname", max_length=300),
        Column("onclickeventjavascriptparameters", max_length=4000),
        *texts("clienttype", "grouptitle"),
        *columns(Kind.NUMBER, "sequence", "buttonsequencepriority"),
        *(number(name, 0) for name in ("type", "location", "context", "visibilitytype", "origin")),
        number("onclickeventtype"),
        flag("hidden"),
        flag("isdisabled"),
        # ASSUMED: the capitals, as those of the script's lookup were seen.
        lookup("appmoduleid", "appmodule", "AppModuleId"),
        lookup("contextentity", "entity", "ContextEntity"),
        lookup("iconwebresourceid", "webresource", "IconWebResourceId"),
        lookup(
            "onclickeventjavascriptwebresourceid",
            "webresource",
            "OnClickEventJavaScriptWebResourceId",
        ),
        number("statecode", 0),
        number("statuscode", 1),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
        *component_columns(),
    ],
    # ASSUMED: both numbers, which vary from one environment to another.
    object_type_code=10075,
    component_type=10240,
    keys=(("uniquename",),),
    indexed=("uniquename",),
)
SERVED = (ENTITY, APP_ACTION)
