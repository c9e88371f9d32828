"""Providers of the softphone panel; knows no rows."""

from d365pop.emulator.metadata import Column
from d365pop.emulator.table_kit import flag, number, table

CI_PROVIDER = table(
    "msdyn_ciprovider",
    "msdyn_ciproviders",
    "msdyn_name",
    [
        Column("msdyn_name", max_length=100),
        Column("msdyn_label", max_length=100),
        Column("msdyn_landingurl", max_length=1024),
        flag("msdyn_clicktoact"),
        flag("msdyn_enableanalytics"),
        number("msdyn_sortorder"),
        number("msdyn_ciproviderapiversion", 0),
        Column("msdyn_roleselector", max_length=4000),
        Column("msdyn_appselector", max_length=4000),
        *(
            Column(name, max_length=2000)
            for name in ("msdyn_trusteddomain", "msdyn_customparams", "msdyn_sandboxconfiguration")
        ),
        number("statecode", 0),
        number("statuscode", 1),
    ],
    object_type_code=10210,
)
SERVED = (CI_PROVIDER,)
