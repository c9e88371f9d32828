"""Every rule for scripts, and the names under which they run in the engine."""

from collections.abc import Mapping
from types import MappingProxyType

from d365pop.check.finding import Rule
from d365pop.check.scripts.official import ESLINT_NAMES, OFFICIAL_RULES
from d365pop.check.scripts.own import CHECK_RULES, JS_RULES

SCRIPT_RULES: tuple[Rule, ...] = (*OFFICIAL_RULES, *JS_RULES, *CHECK_RULES)

RULE_BY_ESLINT_NAME: Mapping[str, Rule] = MappingProxyType(
    {**ESLINT_NAMES, **{f"d365pop/{rule.rule_id}": rule for rule in JS_RULES}}
)
