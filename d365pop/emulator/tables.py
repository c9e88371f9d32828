"""The tables that the emulator serves."""

from d365pop.emulator import tables_channels as channels
from d365pop.emulator import tables_commands as commands
from d365pop.emulator import tables_customers as customers
from d365pop.emulator import tables_platform as platform
from d365pop.emulator import tables_ribbons as ribbons
from d365pop.emulator import tables_security as security
from d365pop.emulator import tables_solutions as solutions
from d365pop.emulator.metadata import Catalog

CATALOG = Catalog(
    (
        platform.ORGANIZATION,
        platform.BUSINESS_UNIT,
        platform.SYSTEM_USER,
        platform.PUBLISHER,
        platform.SOLUTION,
        platform.SOLUTION_COMPONENT,
        platform.WEB_RESOURCE,
        platform.SYSTEM_FORM,
        platform.SAVED_QUERY,
        platform.USER_QUERY,
        platform.APP_MODULE,
        platform.VARIABLE_DEFINITION,
        platform.VARIABLE_VALUE,
        platform.ASYNC_OPERATION,
        platform.IMPORT_JOB,
        customers.ACCOUNT,
        customers.CONTACT,
        customers.LEAD,
        customers.PHONE_CALL,
        customers.ACTIVITY_PARTY,
        customers.ACCOUNT_LEADS,
        customers.CONTACT_LEADS,
        *channels.SERVED,
        *commands.SERVED,
        *ribbons.SERVED,
        *solutions.SERVED,
        *security.SERVED,
    ),
    (*solutions.INTERNAL, *security.INTERNAL),
)
