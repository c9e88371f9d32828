"""Accounts, contacts, leads and phone calls, with their real names; knows no rows."""

from d365pop.emulator.metadata import Collection, Column, Kind
from d365pop.emulator.rare_columns import RARE_OF_ACCOUNT
from d365pop.emulator.table_kit import (
    address,
    columns,
    flag,
    lookup,
    number,
    ownership,
    pairs,
    table,
    texts,
)

CUSTOMER = {"parentcustomerid_account": "account", "parentcustomerid_contact": "contact"}
REGARDING = {
    f"regardingobjectid_{table}{suffix}": table
    for table in ("account", "contact", "lead")
    for suffix in ("", "_phonecall")
}
PARTY = {f"partyid_{table}": table for table in ("systemuser", "account", "contact", "lead")}

ACCOUNT = table(
    "account",
    "accounts",
    "name",
    [
        Column("name", max_length=160),
        Column("accountnumber", max_length=20),
        *texts("description", "emailaddress1", "emailaddress2", "websiteurl", "fax"),
        *texts("telephone1", "telephone2", "telephone3"),
        *address(1),
        *address(2),
        *columns(Kind.INTEGER, "industrycode", "numberofemployees", "customertypecode"),
        *columns(Kind.NUMBER, "revenue"),
        number("preferredcontactmethodcode", 1),
        flag("donotphone"),
        flag("creditonhold"),
        lookup("primarycontactid", "contact"),
        lookup("parentaccountid", "account"),
        *RARE_OF_ACCOUNT,
        *ownership(),
    ],
    object_type_code=1,
    collections=(
        Collection("contact_customer_accounts", "contact", "parentcustomerid"),
        Collection("Account_Phonecalls", "phonecall", "regardingobjectid"),
        Collection("accountleads_association", "lead", "accountid", "accountleads", "leadid"),
    ),
    indexed=("telephone1", "telephone2", "telephone3", "parentaccountid"),
    hierarchy="parentaccountid",
)
CONTACT = table(
    "contact",
    "contacts",
    "fullname",
    [
        Column("fullname", read_only=True),
        Column("firstname", max_length=50),
        Column("lastname", max_length=50),
        *texts("salutation", "jobtitle", "department", "description", "birthdate"),
        *texts("emailaddress1", "emailaddress2", "emailaddress3", "websiteurl", "fax", "pager"),
        *texts("telephone1", "telephone2", "telephone3", "mobilephone", "home2", "business2"),
        *texts("company", "callback", "assistantphone", "managerphone"),
        *address(1),
        *address(2),
        *address(3),
        number("preferredcontactmethodcode", 1),
        flag("donotphone"),
        Column("parentcustomerid", Kind.LOOKUP, CUSTOMER),
        *texts("entityimage", "entityimage_url"),
        *columns(Kind.ID, "entityimageid"),
        *ownership(),
    ],
    object_type_code=2,
    collections=(
        Collection("Contact_Phonecalls", "phonecall", "regardingobjectid"),
        Collection("contactleads_association", "lead", "contactid", "contactleads", "leadid"),
    ),
    indexed=(
        *("telephone1", "telephone2", "telephone3", "mobilephone", "home2", "business2"),
        "parentcustomerid",
    ),
)
LEAD = table(
    "lead",
    "leads",
    "fullname",
    [
        Column("fullname", read_only=True),
        *texts("firstname", "lastname", "subject", "companyname", "jobtitle", "description"),
        *texts("emailaddress1", "emailaddress2", "websiteurl", "fax", "pager"),
        *texts("telephone1", "telephone2", "telephone3", "mobilephone"),
        *address(1),
        *address(2),
        *columns(Kind.INTEGER, "leadsourcecode", "leadqualitycode"),
        flag("donotphone"),
        lookup("parentcontactid", "contact"),
        lookup("parentaccountid", "account"),
        *ownership(),
    ],
    object_type_code=4,
    collections=(
        Collection("lead_phonecall", "phonecall", "regardingobjectid"),
        Collection("accountleads_association", "account", "leadid", "accountleads", "accountid"),
        Collection("contactleads_association", "contact", "leadid", "contactleads", "contactid"),
    ),
    indexed=("telephone1", "telephone2", "telephone3", "mobilephone"),
)
ACCOUNT_LEADS = pairs("accountleads", "accountleadscollection", ("accountid", "leadid"))
CONTACT_LEADS = pairs("contactleads", "contactleadscollection", ("contactid", "leadid"))
PHONE_CALL = table(
    "phonecall",
    "phonecalls",
    "subject",
    [
        Column("subject", max_length=200),
        Column("phonenumber", max_length=200),
        *texts("description", "category", "subcategory"),
        flag("directioncode", default=True),
        flag("leftvoicemail"),
        number("actualdurationminutes"),
        number("scheduleddurationminutes"),
        number("prioritycode", 1),
        *columns(Kind.DATETIME, "actualstart", "actualend", "scheduledstart", "scheduledend"),
        Column("activitytypecode", default="phonecall", read_only=True),
        Column("regardingobjectid", Kind.LOOKUP, REGARDING),
        *ownership(),
    ],
    primary_id="activityid",
    object_type_code=4210,
    indexed=("createdon", "actualstart"),
    collections=(Collection("phonecall_activity_parties", "activityparty", "activityid"),),
)
ACTIVITY_PARTY = table(
    "activityparty",
    "activityparties",
    "partyobjecttypecode",
    [
        number("participationtypemask"),
        *texts("addressused", "partyobjecttypecode"),
        Column("partyid", Kind.LOOKUP, PARTY),
        Column("activityid", Kind.LOOKUP, {"activityid_phonecall": "phonecall"}),
    ],
    object_type_code=135,
)
