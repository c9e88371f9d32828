"""Providers of the softphone panel, version 1 and 2, and what version 2 has besides; no rows."""

from d365pop.emulator.metadata import Collection, Column
from d365pop.emulator.table_kit import component_columns, flag, number, ownership, pairs, table

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
_LINK = "msdyn_appconfig_msdyn_channelprovider"
"""The relationship, its navigation property at either end, and the table of its pairs."""
CHANNEL_PROVIDER = table(
    "msdyn_channelprovider",
    "msdyn_channelproviders",
    "msdyn_name",
    [
        Column("msdyn_name", max_length=100),
        Column("msdyn_uniquename", max_length=128),
        Column("msdyn_label", max_length=100),
        Column("msdyn_channelurl", max_length=1024),
        flag("msdyn_enableoutbound"),
        flag("msdyn_enableanalytics"),
        number("msdyn_sortorder"),
        number("msdyn_apiversion"),
        *(
            Column(name, max_length=2000)
            for name in ("msdyn_trusteddomain", "msdyn_customparams", "msdyn_sandboxconfiguration")
        ),
        *ownership(),
        *component_columns(),
    ],
    object_type_code=10211,
    collections=(
        Collection(
            _LINK,
            "msdyn_appconfiguration",
            "msdyn_channelproviderid",
            _LINK,
            "msdyn_appconfigurationid",
        ),
    ),
)
APP_CONFIGURATION = table(
    "msdyn_appconfiguration",
    "msdyn_appconfigurations",
    "msdyn_name",
    [
        Column("msdyn_name", max_length=100),
        Column("msdyn_uniquename", max_length=128),
        Column("msdyn_appmoduleuniquename", max_length=100),
        Column("msdyn_productivitypaneuniquename", max_length=100),
        Column("msdyn_description", max_length=2000),
        number("msdyn_profileorder"),
        *ownership(),
        *component_columns(),
    ],
    object_type_code=10212,
    collections=(
        Collection(
            _LINK,
            "msdyn_channelprovider",
            "msdyn_appconfigurationid",
            _LINK,
            "msdyn_channelproviderid",
        ),
    ),
)
PROFILE_CHANNELS = pairs(
    _LINK, f"{_LINK}set", ("msdyn_appconfigurationid", "msdyn_channelproviderid")
)
NOTIFICATION_TEMPLATE = table(
    "msdyn_notificationtemplate",
    "msdyn_notificationtemplates",
    "msdyn_name",
    [
        Column("msdyn_name", max_length=100),
        Column("msdyn_uniquename", max_length=128),
        Column("msdyn_title", max_length=100),
        Column("msdyn_icon", max_length=1024),
        Column("msdyn_description", max_length=2000),
        Column("msdyn_acceptbuttontext", max_length=100),
        Column("msdyn_rejectbuttontext", max_length=100),
        number("msdyn_timeout"),
        number("msdyn_theme"),
        number("msdyn_desktopnotificationmode"),
        flag("msdyn_showrejectbutton", default=True),
        flag("msdyn_showtimeout", default=True),
        flag("msdyn_autoacceptnotification"),
        *ownership(),
        *component_columns(),
    ],
    object_type_code=10213,
)
SERVED = (
    CI_PROVIDER,
    CHANNEL_PROVIDER,
    APP_CONFIGURATION,
    PROFILE_CHANNELS,
    NOTIFICATION_TEMPLATE,
)
