"""Writes docs/checks.md: every rule with its reason, an example and what mends it."""

from collections.abc import Iterable, Iterator
from typing import Final

from d365pop.check.checker import ALL_RULES
from d365pop.check.finding import Rule, Severity
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.unreadable import PACKAGE_UNREADABLE

_HEAD: Final = """\
# What `d365pop check` looks for

Written from the rules by `python3 dev.py pages`; do not edit it.

A finding has the id of its rule, a severity, a place and a reason. Severities are those of
Microsoft's Solution Checker: critical, high, medium, low, informational; `--fail-on` says from
which one on the command fails. Ids are stable: baselines and suppressions refer to them.
"""
_CHAPTERS: Final = (
    (
        "Packages",
        "What is wrong with the package itself: its parts, and what its XML says of them.",
        (PACKAGE_UNREADABLE, *ALL_RULES),
    ),
    (
        "Scripts",
        "Microsoft's rules have Solution Checker's ids and severities; ours have no `web-`.",
        SCRIPT_RULES,
    ),
)


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([_HEAD, *_chapters()])


def _chapters() -> Iterator[str]:
    for title, introduction, rules in _CHAPTERS:
        yield f"## {title}\n\n{introduction}\n"
        yield from _table(rules)
        for rule in rules:
            yield _section(rule)


def _table(rules: Iterable[Rule]) -> Iterator[str]:
    yield "| severity | rules |\n|---|---|"
    for severity in sorted(Severity, reverse=True):
        ids = sorted(rule.rule_id for rule in rules if rule.severity is severity)
        if ids:
            yield f"| {severity.label} | {', '.join(f'[{name}](#{name})' for name in ids)} |"
    yield ""


def _section(rule: Rule) -> str:
    lines = [
        f"### {rule.rule_id}",
        "",
        f"**{rule.severity.label}** {_sentence(rule.summary)}",
        "",
        f"* Why: {_sentence(rule.why)}",
        f"* Mend: {_sentence(rule.mend)}",
        "",
    ]
    if rule.example:
        lines += ["Example:", "", *(f"    {line}".rstrip() for line in rule.example.splitlines())]
        lines.append("")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    # Angle brackets would be taken for HTML.
    shown = text.replace("<", "\\<")
    return shown if shown.endswith((".", "!", "?", ")")) else f"{shown}."
