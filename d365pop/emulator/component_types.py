"""``componenttype`` of solution components, for all who tell one from another.

https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent
"""

TABLE, COLUMN, VIEW, CHART, FORM, WEB_RESOURCE, APP = 1, 2, 26, 59, 60, 61, 80
VARIABLE, VARIABLE_VALUE = 380, 381
# ASSUMED: what these bring is in every environment, whatever it is.
PLATFORM_SOLUTIONS = frozenset({"System", "Basic"})
