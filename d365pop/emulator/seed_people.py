"""Invented customers: names of nobody, numbers that are reserved for fiction.

Numbers are written in many ways on purpose: a lookup has to find them all. North American ones
are 555-01xx, British ones lie in the ranges that Ofcom keeps for drama.
"""

from collections.abc import Mapping, Sequence

Person = Mapping[str, str]


def _id(group: int, number: int) -> str:
    return f"d3650000-0000-4000-8000-{group:04d}{number:08d}"


ACCOUNT_IDS = tuple(_id(1, number) for number in range(1, 9))
CONTACT_IDS = tuple(_id(2, number) for number in range(1, 10))
LEAD_IDS = tuple(_id(3, number) for number in range(1, 7))

ACCOUNTS: Sequence[Person] = (
    {
        "name": "Larkspur Outfitters",
        "telephone1": "+1 (206) 555-0100",
        "fax": "+1 206 555 0101",
        "emailaddress1": "hello@larkspur.example",
        "websiteurl": "https://larkspur.example",
        "address1_line1": "12 Juniper Way",
        "address1_city": "Seattle",
        "address1_stateorprovince": "WA",
        "address1_postalcode": "98101",
        "address1_country": "United States",
    },
    {
        "name": "Brindle & Moss Ltd",
        "telephone1": "+44 20 7946 0958",
        "telephone2": "020 7946 0959",
        "emailaddress1": "office@brindlemoss.example",
        "address1_line1": "4 Cobbler's Yard",
        "address1_city": "London",
        "address1_country": "United Kingdom",
    },
    {
        "name": "Quillfeather Logistics",
        "telephone1": "(312) 555-0142",
        "emailaddress1": "dispatch@quillfeather.example",
        "address1_city": "Chicago",
    },
    {
        "name": "Tamarind Dental Group",
        "telephone1": "tel:+12025550163",
        "emailaddress1": "frontdesk@tamarind.example",
        "address1_city": "Washington",
    },
    {
        "name": "Oxbow Robotics",
        "telephone1": "001 415 555 0117",
        "emailaddress1": "contact@oxbow.example",
        "address1_city": "San Francisco",
    },
    {
        "name": "Heatherfield Farms",
        "telephone1": "0113 496 0321",
        "emailaddress1": "farm@heatherfield.example",
        "address1_city": "Leeds",
        "address1_country": "United Kingdom",
    },
    {
        "name": "O'Malley Print Works",
        "telephone1": "617.555.0188",
        "emailaddress1": "orders@omalleyprint.example",
        "address1_city": "Boston",
    },
    {
        "name": "Vireo Analytics",
        "telephone1": "1-512-555-0175 x42",
        "emailaddress1": "team@vireo.example",
        "address1_city": "Austin",
    },
)
"""Accounts; the contact with the same place in ``CONTACTS`` is the primary one."""

CONTACTS: Sequence[Person] = (
    {
        "firstname": "Marta",
        "lastname": "Lindqvist",
        "jobtitle": "Purchasing Manager",
        "telephone1": "+1 (206) 555-0102",
        "mobilephone": "206-555-0103",
        "emailaddress1": "marta.lindqvist@larkspur.example",
        "address1_line1": "12 Juniper Way",
        "address1_city": "Seattle",
    },
    {
        "firstname": "Idris",
        "lastname": "Pembroke",
        "jobtitle": "Director",
        "telephone1": "+44 (0)20 7946 0991",
        "mobilephone": "07700 900123",
        "emailaddress1": "idris.pembroke@brindlemoss.example",
        "address1_city": "London",
    },
    {
        "firstname": "Noor",
        "lastname": "Castellane",
        "jobtitle": "Dispatcher",
        "telephone1": "312-555-0143",
        "mobilephone": "(312) 555 0144",
        "emailaddress1": "noor.castellane@quillfeather.example",
    },
    {
        "firstname": "Ansel",
        "lastname": "Whitlock",
        "jobtitle": "Office Manager",
        "telephone1": "2025550164",
        "mobilephone": "tel:+12025550165",
        "emailaddress1": "ansel.whitlock@tamarind.example",
    },
    {
        "firstname": "Priya",
        "lastname": "Ravenscroft",
        "jobtitle": "Engineer",
        "telephone1": "+14155550118",
        "mobilephone": "415 555 0119",
        "emailaddress1": "priya.ravenscroft@oxbow.example",
    },
    {
        "firstname": "Tomos",
        "lastname": "Ashgrove",
        "jobtitle": "Owner",
        "telephone1": "+44 113 496 0322",
        "mobilephone": "+44 7700 900456",
        "emailaddress1": "tomos.ashgrove@heatherfield.example",
    },
    {
        "firstname": "Siobhan",
        "lastname": "O'Malley",
        "jobtitle": "Printer",
        "telephone1": "(617) 555-0189",
        "mobilephone": "+1.617.555.0190",
        "emailaddress1": "siobhan@omalleyprint.example",
    },
    {
        "firstname": "Deniz",
        "lastname": "Karagul",
        "jobtitle": "Analyst",
        "telephone1": "1-512-555-0176",
        "mobilephone": "512/555-0177",
        "emailaddress1": "deniz.karagul@vireo.example",
    },
    {
        # Shares a number with her colleague: two records match one call.
        "firstname": "Wren",
        "lastname": "Abernathy",
        "jobtitle": "Purchasing Assistant",
        "telephone1": "2065550102",
        "emailaddress1": "wren.abernathy@larkspur.example",
    },
)

LEADS: Sequence[Person] = (
    {
        "subject": "Interested in the annual plan",
        "firstname": "Bastian",
        "lastname": "Fairweather",
        "companyname": "Fairweather Sails",
        "telephone1": "+1 (305) 555-0130",
        "mobilephone": "305 555 0131",
        "emailaddress1": "bastian@fairweather.example",
    },
    {
        "subject": "Met at the trade fair",
        "firstname": "Yuki",
        "lastname": "Thornbury",
        "companyname": "Thornbury Ceramics",
        "telephone1": "0161 496 0745",
        "mobilephone": "+447700900789",
        "emailaddress1": "yuki@thornbury.example",
    },
    {
        "subject": "Asked for a quote",
        "firstname": "Rosalind",
        "lastname": "Quarry",
        "companyname": "Quarry Lane Books",
        "telephone1": "(503) 555-0151",
        "emailaddress1": "rosalind@quarrylane.example",
    },
    {
        "subject": "Newsletter sign-up",
        "firstname": "Emeka",
        "lastname": "Sorrel",
        "companyname": "Sorrel Street Bakery",
        "mobilephone": "tel:+1-720-555-0166",
        "emailaddress1": "emeka@sorrelstreet.example",
    },
    {
        "subject": "Referral",
        "firstname": "Linnea",
        "lastname": "Marsh",
        "companyname": "Marsh & Daughters",
        "telephone1": "029 2018 0456",
        "emailaddress1": "linnea@marshdaughters.example",
    },
    {
        "subject": "Web form",
        "firstname": "Caspian",
        "lastname": "Dell",
        "companyname": "Dell Hollow Inn",
        "telephone1": "+1 802-555-0199 ext. 7",
        "emailaddress1": "caspian@dellhollow.example",
    },
)
