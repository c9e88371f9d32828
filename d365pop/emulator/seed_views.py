"""The views and the app of a fresh environment: our own, under names that the platform uses."""

from d365pop.emulator.metadata import Row

ACTIVE, MY_ACTIVE = "Active", "My Active"
COLUMNS = {
    "account": ("name", "telephone1", "address1_city", "primarycontactid"),
    "contact": ("fullname", "emailaddress1", "parentcustomerid", "telephone1"),
    "lead": ("fullname", "subject", "companyname", "telephone1"),
}
NAMES = {"account": "Accounts", "contact": "Contacts", "lead": "Leads"}
STATES = {"lead": {ACTIVE: "Open", MY_ACTIVE: "My Open"}}
APP_NAME = "d365pop_CustomerService"
PROFILE_ID = "d3650000-0000-4000-8000-0000000000a1"
APP_ID = "d3650000-0000-4000-8000-0000000000a0"


def views() -> list[Row]:
    """Return the views, two of each table."""
    return [
        _view(table, kind, 2 * number + own)
        for number, table in enumerate(COLUMNS)
        for own, kind in enumerate((ACTIVE, MY_ACTIVE))
    ]


def app(web_resource_id: str) -> Row:
    """Return the app that the shell shows."""
    return {
        "appmoduleid": APP_ID,
        "name": "Customer Service Hub",
        "uniquename": APP_NAME,
        "description": "What the local Dataverse shows under /main.aspx.",
        "webresourceid": web_resource_id,
        "appmoduleversion": "1.0.0.0",
        "ismanaged": 1,
    }


def profile() -> Row:
    """Return the app profile that everybody has in that app."""
    return {
        "msdyn_appconfigurationid": PROFILE_ID,
        "msdyn_name": "Agents",
        "msdyn_uniquename": "d365pop_agents",
        "msdyn_appmoduleuniquename": APP_NAME,
        "msdyn_profileorder": 1,
    }


def _view(table: str, kind: str, number: int) -> Row:
    shown = COLUMNS[table]
    attributes = "".join(f'<attribute name="{name}" />' for name in shown)
    cells = "".join(f'<cell name="{name}" width="200" />' for name in shown)
    own = '<condition attribute="ownerid" operator="eq-userid" />' if kind == MY_ACTIVE else ""
    return {
        "savedqueryid": f"d3650000-0000-4000-8000-0000000000{0xB0 + number:02x}",
        "name": f"{STATES.get(table, {}).get(kind, kind)} {NAMES[table]}",
        "returnedtypecode": table,
        "querytype": 0,
        "isdefault": int(kind == ACTIVE),
        "ismanaged": 1,
        "fetchxml": f'<fetch version="1.0" mapping="logical"><entity name="{table}">'
        f'{attributes}<attribute name="{table}id" /><order attribute="{shown[0]}" />'
        f'<filter type="and"><condition attribute="statecode" operator="eq" value="0" />{own}'
        "</filter></entity></fetch>",
        "layoutxml": f'<grid name="resultset" jump="{shown[0]}" select="1" icon="1" preview="1">'
        f'<row name="result" id="{table}id">{cells}</row></grid>',
    }
