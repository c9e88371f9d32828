"""Columns that are there on the platform and that few ask for: empty until somebody writes them."""

from d365pop.emulator.metadata import Kind
from d365pop.emulator.table_kit import address, columns, flag, nameless_lookups, number, texts

RARE_OF_ACCOUNT = (
    *texts("emailaddress3", "ftpsiteurl", "primarysatoriid", "primarytwitterid", "sic"),
    *texts("stockexchange", "tickersymbol", "timespentbymeonemailandmeetings", "traversedpath"),
    *texts("yominame", "entityimage", "entityimage_url", "address1_composite"),
    *texts("address2_composite", "address1_primarycontactname", "address2_primarycontactname"),
    *texts("adx_createdbyipaddress", "adx_createdbyusername"),
    *texts("adx_modifiedbyipaddress", "adx_modifiedbyusername"),
    *(
        number(name, 1)
        for name in (
            *("accountclassificationcode", "accountratingcode", "address2_freighttermscode"),
            *("businesstypecode", "customersizecode", "shippingmethodcode", "territorycode"),
        )
    ),
    *columns(Kind.INTEGER, "accountcategorycode", "address1_freighttermscode", "onholdtime"),
    *columns(Kind.INTEGER, "importsequencenumber", "ownershipcode", "paymenttermscode"),
    *columns(Kind.INTEGER, "preferredappointmentdaycode", "preferredappointmenttimecode"),
    *columns(Kind.INTEGER, "sharesoutstanding", "timezoneruleversionnumber"),
    *columns(Kind.INTEGER, "utcconversiontimezonecode"),
    *columns(Kind.NUMBER, "aging30", "aging60", "aging90", "creditlimit", "marketcap"),
    *columns(Kind.NUMBER, "aging30_base", "aging60_base", "aging90_base", "creditlimit_base"),
    *columns(Kind.NUMBER, "exchangerate", "marketcap_base", "revenue_base", read_only=True),
    *columns(Kind.DATETIME, "lastonholdtime", "lastusedincampaign", "overriddencreatedon"),
    *columns(Kind.ID, "entityimageid", "processid", "stageid"),
    *columns(Kind.BIG, "entityimage_timestamp", read_only=True),
    *(
        flag(name)
        for name in (
            *("donotbulkemail", "donotbulkpostalmail", "donotemail", "donotfax"),
            *("donotpostalmail", "donotsendmm", "marketingonly", "merged"),
            "participatesinworkflow",
        )
    ),
    flag("followemail", default=True),
    *nameless_lookups("createdbyexternalparty", "masterid", "modifiedbyexternalparty"),
    *nameless_lookups("msa_managingpartnerid", "owningteam", "preferredsystemuserid", "slaid"),
    *nameless_lookups("slainvokedid", "transactioncurrencyid"),
)
RARE_OF_USER = (
    *(column for column in (*address(1), *address(2)) if column.name != "address1_telephone1"),
    *texts("address1_composite", "address2_composite", "applicationiduri", "disabledreason"),
    *texts(
        "defaultodbfoldername",
        "employeeid",
        "entityimage",
        "entityimage_url",
        "governmentid",
        "homephone",
    ),
    *texts("jobtitle", "middlename", "mobilealertemail", "nickname", "personalemailaddress"),
    *texts("photourl", "salutation", "sharepointemailaddress", "skills"),
    *texts("traversedpath", "userpuid", "windowsliveid", "yammeremailaddress", "yammeruserid"),
    *texts("yomifirstname", "yomifullname", "yomilastname", "yomimiddlename"),
    *columns(Kind.INTEGER, "azurestate", "caltype", "deletedstate", "emailrouteraccessapproval"),
    *columns(Kind.INTEGER, "identityid", "importsequencenumber", "incomingemaildeliverymethod"),
    *columns(Kind.INTEGER, "invitestatuscode", "outgoingemaildeliverymethod", "passporthi"),
    *columns(Kind.INTEGER, "passportlo", "preferredaddresscode", "preferredemailcode"),
    *columns(Kind.INTEGER, "preferredphonecode", "timezoneruleversionnumber", "userlicensetype"),
    *columns(Kind.INTEGER, "utcconversiontimezonecode"),
    *columns(Kind.NUMBER, "exchangerate", read_only=True),
    *columns(Kind.DATETIME, "azuredeletedon", "overriddencreatedon"),
    *columns(Kind.ID, "entityimageid", "ownerid", "processid", "stageid"),
    *columns(Kind.BIG, "entityimage_timestamp", read_only=True),
    *(
        flag(name)
        for name in (
            *(
                "defaultfilterspopulated",
                "displayinserviceviews",
                "isemailaddressapprovedbyo365admin",
            ),
            *("isintegrationuser", "islicensed", "issyncwithdirectory", "setupuser"),
        )
    ),
    *nameless_lookups("calendarid", "defaultmailbox", "mobileofflineprofileid"),
    *nameless_lookups("positionid", "queueid", "territoryid", "transactioncurrencyid"),
)
