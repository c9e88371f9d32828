"""The CRM query functions of ``$filter``, each with the word that FetchXML has for it."""

from d365pop.emulator.odata.conditions import ARITY, COMPARISONS, PATTERNS, UNEQUAL

VALUE_PARAMETERS = (
    *("PropertyName", "PropertyValue", "PropertyValues", "PropertyValue1", "PropertyValue2"),
)
OTHER_NAMES = {
    "last-seven-days": "Last7Days",
    "next-seven-days": "Next7Days",
    "eq-userid": "EqualUserId",
    "ne-userid": "NotEqualUserId",
    "eq-businessid": "EqualBusinessId",
    "ne-businessid": "NotEqualBusinessId",
    "eq-userlanguage": "EqualUserLanguage",
    "eq-userteams": "EqualUserTeams",
    "eq-useroruserteams": "EqualUserOrUserTeams",
    "eq-useroruserhierarchy": "EqualUserOrUserHierarchy",
    "eq-useroruserhierarchyandteams": "EqualUserOrUserHierarchyAndTeams",
    "eq-or-above": "AboveOrEqual",
    "eq-or-under": "UnderOrEqual",
    "not-contain-values": "DoesNotContainValues",
}
NO_FUNCTION = frozenset(
    [*COMPARISONS, *UNEQUAL, *PATTERNS, "null", "not-null", "not-like", "not-begin-with"]
) | {"not-end-with"}
"""What OData says in its own words."""


def _camel(operator: str) -> str:
    words = operator.replace("olderthan", "older-than").split("-")
    return "".join(word.capitalize() for word in words)


CRM_OPERATORS = {
    OTHER_NAMES.get(operator) or _camel(operator): operator
    for operator in ARITY
    if operator not in NO_FUNCTION
}
"""The operator by the function's name without its namespace."""
