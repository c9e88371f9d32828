"""The tables that the emulator serves, with their real names; knows no SQL and no rows."""

from d365pop.emulator.metadata import Catalog, Collection, Column, Kind, Table

USER = {"systemuser": "systemuser"}


def _text(*names: str) -> list[Column]:
    return [Column(name) for name in names]


def _of(kind: Kind, *names: str, read_only: bool = False) -> list[Column]:
    return [Column(name, kind, read_only=read_only) for name in names]


def _flag(name: str, *, default: bool = False) -> Column:
    return Column(name, Kind.BOOLEAN, default=int(default))


def _number(name: str, default: int | None = None) -> Column:
    return Column(name, Kind.INTEGER, default=default)


def _managed(name: str, *, default: bool = True) -> Column:
    return Column(name, Kind.MANAGED, default=int(default))


def _lookup(name: str, target: str, navigation: str = "") -> Column:
    return Column(name, Kind.LOOKUP, {navigation or name: target})


def _system() -> list[Column]:
    return [
        *_of(Kind.DATETIME, "createdon", "modifiedon", read_only=True),
        Column("createdby", Kind.LOOKUP, {"createdby": "systemuser"}, read_only=True),
        Column("modifiedby", Kind.LOOKUP, {"modifiedby": "systemuser"}, read_only=True),
        Column("versionnumber", Kind.BIG, read_only=True),
    ]


def _owned(*, state: bool = True) -> list[Column]:
    columns = [
        Column("ownerid", Kind.LOOKUP, {"ownerid": "systemuser"}),
        Column("owninguser", Kind.LOOKUP, {"owninguser": "systemuser"}, read_only=True),
        Column(
            "owningbusinessunit",
            Kind.LOOKUP,
            {"owningbusinessunit": "businessunit"},
            read_only=True,
        ),
    ]
    return [*columns, *([_number("statecode", 0), _number("statuscode", 1)] if state else [])]


def _component() -> list[Column]:
    return [
        Column("componentstate", Kind.INTEGER, default=0, read_only=True),
        Column("ismanaged", Kind.BOOLEAN, default=0, read_only=True),
        Column("solutionid", Kind.ID, read_only=True),
        Column("overwritetime", Kind.DATETIME, read_only=True),
        Column("introducedversion", default="1.0"),
        _managed("iscustomizable"),
    ]


def _address(number: int) -> list[Column]:
    names = (
        "line1 line2 line3 city county stateorprovince postalcode country "
        "telephone1 telephone2 telephone3 fax"
    )
    return _text(*(f"address{number}_{name}" for name in names.split()))


def _table(  # noqa: PLR0913 - a table has that many names
    logical_name: str,
    entity_set_name: str,
    primary_name: str,
    columns: list[Column],
    *,
    collections: tuple[Collection, ...] = (),
    object_type_code: int = 0,
    component_type: int = 0,
    publishable: bool = False,
    writable: bool = True,
    keys: tuple[str, ...] = (),
    primary_id: str = "",
) -> Table:
    id_column = Column(primary_id or f"{logical_name}id", Kind.ID)
    named = {column.name: column for column in [id_column, *columns, *_system()]}
    return Table(
        logical_name=logical_name,
        entity_set_name=entity_set_name,
        primary_id=id_column.name,
        primary_name=primary_name,
        columns=named,
        collections={collection.name: collection for collection in collections},
        object_type_code=object_type_code,
        publishable=publishable,
        component_type=component_type,
        writable=writable,
        keys=keys,
    )


ORGANIZATION = _table(
    "organization",
    "organizations",
    "name",
    [
        *_text("name", "blockedattachments", "blockedmimetypes", "allowedmimetypes"),
        *_text("basecurrencysymbol", "schemanameprefix", "releasechannel"),
        _number("maxuploadfilesize", 5 * 1024 * 1024),
        _number("languagecode", 1033),
        _number("localeid", 1033),
        _flag("isexternalsearchindexenabled"),
        _flag("isauditenabled"),
        _flag("iscontentsecuritypolicyenabled"),
        _flag("iscontentsecuritypolicyenabledforcanvas"),
        *_text("contentsecuritypolicyconfiguration", "contentsecuritypolicyreporturi"),
        *_text("contentsecuritypolicyconfigurationforcanvas"),
        _number("contentsecuritypolicyoptions", 0),
        _flag("allowleadingwildcardsingridsearch"),
        _flag("allowleadingwildcardsinquickfind", default=True),
    ],
    object_type_code=1019,
)
BUSINESS_UNIT = _table(
    "businessunit",
    "businessunits",
    "name",
    [
        *_text("name", "divisionname", "emailaddress", "websiteurl"),
        _flag("isdisabled"),
        _lookup("parentbusinessunitid", "businessunit"),
        _lookup("organizationid", "organization"),
    ],
    object_type_code=10,
)
SYSTEM_USER = _table(
    "systemuser",
    "systemusers",
    "fullname",
    [
        *_text("fullname", "firstname", "lastname", "domainname", "internalemailaddress"),
        *_text("address1_telephone1", "mobilephone", "title"),
        _number("accessmode", 0),
        _flag("isdisabled"),
        *_of(Kind.ID, "applicationid", "azureactivedirectoryobjectid", "organizationid"),
        _lookup("businessunitid", "businessunit"),
    ],
    object_type_code=8,
)
PUBLISHER = _table(
    "publisher",
    "publishers",
    "friendlyname",
    [
        *_text("uniquename", "friendlyname", "description", "customizationprefix"),
        *_text("emailaddress", "supportingwebsiteurl"),
        _number("customizationoptionvalueprefix", 10000),
        _flag("isreadonly"),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
        *_address(1),
    ],
    object_type_code=7101,
    keys=("uniquename",),
)
SOLUTION = _table(
    "solution",
    "solutions",
    "friendlyname",
    [
        *_text("uniquename", "friendlyname", "description", "version"),
        Column("solutionpackageversion", read_only=True),
        Column("ismanaged", Kind.BOOLEAN, default=0, read_only=True),
        Column("isvisible", Kind.BOOLEAN, default=1),
        _flag("isapimanaged"),
        Column("installedon", Kind.DATETIME, read_only=True),
        Column("updatedon", Kind.DATETIME, read_only=True),
        _lookup("publisherid", "publisher"),
        _lookup("parentsolutionid", "solution"),
        _lookup("configurationpageid", "webresource"),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
    ],
    object_type_code=7100,
    keys=("uniquename",),
    collections=(Collection("solution_solutioncomponent", "solutioncomponent", "solutionid"),),
)
SOLUTION_COMPONENT = _table(
    "solutioncomponent",
    "solutioncomponents",
    "objectid",
    [
        _number("componenttype"),
        Column("objectid", Kind.ID),
        _number("rootcomponentbehavior", 0),
        _flag("ismetadata"),
        _lookup("solutionid", "solution"),
        Column("componentname", hidden=True),
    ],
    object_type_code=7103,
    writable=False,
)
WEB_RESOURCE = _table(
    "webresource",
    "webresourceset",
    "name",
    [
        Column("name", max_length=256),
        *_text("displayname", "description", "content", "dependencyxml"),
        _number("webresourcetype"),
        _number("languagecode"),
        *_text("silverlightversion"),
        *_of(Kind.ID, "webresourceidunique", read_only=True),
        _flag("isenabledformobileclient"),
        _flag("isavailableformobileoffline"),
        _managed("canbedeleted"),
        _managed("ishidden", default=False),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
        *_component(),
    ],
    object_type_code=9333,
    component_type=61,
    publishable=True,
)
SYSTEM_FORM = _table(
    "systemform",
    "systemforms",
    "name",
    [
        Column("name", max_length=100),
        *_text("description", "objecttypecode", "formxml", "formjson", "uniquename"),
        _number("type", 2),
        _number("formactivationstate", 1),
        _number("formpresentation", 1),
        _flag("isdefault"),
        _flag("isairmerged"),
        _flag("isdesktopenabled", default=True),
        _flag("istabletenabled"),
        *_of(Kind.ID, "formidunique", read_only=True),
        Column("publishedon", Kind.DATETIME, read_only=True),
        _managed("canbedeleted"),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
        *_component(),
    ],
    primary_id="formid",
    object_type_code=1030,
    component_type=60,
    publishable=True,
)
VARIABLE_DEFINITION = _table(
    "environmentvariabledefinition",
    "environmentvariabledefinitions",
    "schemaname",
    [
        *_text("schemaname", "displayname", "description", "defaultvalue", "hint"),
        *_text("apiid", "parameterkey", "valueschema"),
        _number("type", 100_000_000),
        _number("secretstore", 0),
        _flag("isrequired"),
        *_owned(),
        *_component(),
    ],
    object_type_code=10045,
    component_type=380,
    collections=(
        Collection(
            "environmentvariabledefinition_environmentvariablevalue",
            "environmentvariablevalue",
            "environmentvariabledefinitionid",
        ),
    ),
    keys=("schemaname",),
)
VARIABLE_VALUE = _table(
    "environmentvariablevalue",
    "environmentvariablevalues",
    "schemaname",
    [
        *_text("schemaname", "value"),
        # The navigation property of this table has the schema name's capitals.
        _lookup(
            "environmentvariabledefinitionid",
            "environmentvariabledefinition",
            "EnvironmentVariableDefinitionId",
        ),
        *_owned(),
        *_component(),
    ],
    object_type_code=10046,
    component_type=381,
)
ASYNC_OPERATION = _table(
    "asyncoperation",
    "asyncoperations",
    "name",
    [
        *_text("name", "messagename", "message", "friendlymessage", "dependencytoken"),
        *_text("hostid", "data", "primaryentitytype", "workflowstagename", "workload"),
        *_of(Kind.INTEGER, "statecode", "statuscode", "operationtype", "errorcode"),
        *_of(Kind.INTEGER, "depth", "retrycount", "sequence", "subtype", "callerorigin"),
        *_of(Kind.NUMBER, "executiontimespan"),
        *_of(Kind.DATETIME, "startedon", "completedon", "postponeuntil", "expanderstarttime"),
        *_of(Kind.ID, "correlationid", "requestid"),
        *_of(Kind.INTEGER, "timezoneruleversionnumber", "utcconversiontimezonecode"),
        *_of(Kind.DATETIME, "correlationupdatedtime", "recurrencestarttime"),
        *_of(Kind.ID, "parentpluginexecutionid", "datablobid", "breadcrumbid"),
        *_text("datablobid_name", "rootexecutioncontext", "recurrencepattern"),
        _flag("iswaitingforevent"),
        _flag("retainjobhistory"),
        *_owned(state=False),
    ],
    object_type_code=4700,
    writable=False,
)
IMPORT_JOB = _table(
    "importjob",
    "importjobs",
    "name",
    [
        *_text("name", "solutionname", "data", "importcontext", "operationcontext"),
        *_of(Kind.ID, "solutionid"),
        *_of(Kind.NUMBER, "progress"),
        *_of(Kind.DATETIME, "startedon", "completedon"),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
    ],
    object_type_code=9107,
    writable=False,
)

CUSTOMER = {"parentcustomerid_account": "account", "parentcustomerid_contact": "contact"}
REGARDING = {
    f"regardingobjectid_{table}{suffix}": table
    for table in ("account", "contact", "lead")
    for suffix in ("", "_phonecall")
}
PARTY = {f"partyid_{table}": table for table in ("systemuser", "account", "contact", "lead")}

ACCOUNT = _table(
    "account",
    "accounts",
    "name",
    [
        Column("name", max_length=160),
        Column("accountnumber", max_length=20),
        *_text("description", "emailaddress1", "emailaddress2", "websiteurl", "fax"),
        *_text("telephone1", "telephone2", "telephone3"),
        *_address(1),
        *_address(2),
        *_of(Kind.INTEGER, "industrycode", "numberofemployees", "customertypecode"),
        *_of(Kind.NUMBER, "revenue"),
        _number("preferredcontactmethodcode", 1),
        _flag("donotphone"),
        _flag("creditonhold"),
        _lookup("primarycontactid", "contact"),
        _lookup("parentaccountid", "account"),
        *_owned(),
    ],
    object_type_code=1,
    collections=(
        Collection("contact_customer_accounts", "contact", "parentcustomerid"),
        Collection("Account_Phonecalls", "phonecall", "regardingobjectid"),
    ),
)
CONTACT = _table(
    "contact",
    "contacts",
    "fullname",
    [
        Column("fullname", read_only=True),
        Column("firstname", max_length=50),
        Column("lastname", max_length=50),
        *_text("salutation", "jobtitle", "department", "description", "birthdate"),
        *_text("emailaddress1", "emailaddress2", "emailaddress3", "websiteurl", "fax", "pager"),
        *_text("telephone1", "telephone2", "telephone3", "mobilephone", "home2", "business2"),
        *_text("company", "callback", "assistantphone", "managerphone"),
        *_address(1),
        *_address(2),
        *_address(3),
        _number("preferredcontactmethodcode", 1),
        _flag("donotphone"),
        Column("parentcustomerid", Kind.LOOKUP, CUSTOMER),
        *_owned(),
    ],
    object_type_code=2,
    collections=(Collection("Contact_Phonecalls", "phonecall", "regardingobjectid"),),
)
LEAD = _table(
    "lead",
    "leads",
    "fullname",
    [
        Column("fullname", read_only=True),
        *_text("firstname", "lastname", "subject", "companyname", "jobtitle", "description"),
        *_text("emailaddress1", "emailaddress2", "websiteurl", "fax", "pager"),
        *_text("telephone1", "telephone2", "telephone3", "mobilephone"),
        *_address(1),
        *_address(2),
        *_of(Kind.INTEGER, "leadsourcecode", "leadqualitycode"),
        _flag("donotphone"),
        _lookup("parentcontactid", "contact"),
        _lookup("parentaccountid", "account"),
        *_owned(),
    ],
    object_type_code=4,
    collections=(Collection("lead_phonecall", "phonecall", "regardingobjectid"),),
)
PHONE_CALL = _table(
    "phonecall",
    "phonecalls",
    "subject",
    [
        Column("subject", max_length=200),
        Column("phonenumber", max_length=200),
        *_text("description", "category", "subcategory"),
        _flag("directioncode", default=True),
        _flag("leftvoicemail"),
        _number("actualdurationminutes"),
        _number("scheduleddurationminutes"),
        _number("prioritycode", 1),
        *_of(Kind.DATETIME, "actualstart", "actualend", "scheduledstart", "scheduledend"),
        Column("activitytypecode", default="phonecall", read_only=True),
        Column("regardingobjectid", Kind.LOOKUP, REGARDING),
        *_owned(),
    ],
    primary_id="activityid",
    object_type_code=4210,
    collections=(Collection("phonecall_activity_parties", "activityparty", "activityid"),),
)
ACTIVITY_PARTY = _table(
    "activityparty",
    "activityparties",
    "partyobjecttypecode",
    [
        _number("participationtypemask"),
        *_text("addressused", "partyobjecttypecode"),
        Column("partyid", Kind.LOOKUP, PARTY),
        Column("activityid", Kind.LOOKUP, {"activityid_phonecall": "phonecall"}),
    ],
    object_type_code=135,
)

CATALOG = Catalog(
    (
        ORGANIZATION,
        BUSINESS_UNIT,
        SYSTEM_USER,
        PUBLISHER,
        SOLUTION,
        SOLUTION_COMPONENT,
        WEB_RESOURCE,
        SYSTEM_FORM,
        VARIABLE_DEFINITION,
        VARIABLE_VALUE,
        ASYNC_OPERATION,
        IMPORT_JOB,
        ACCOUNT,
        CONTACT,
        LEAD,
        PHONE_CALL,
        ACTIVITY_PARTY,
    )
)
