"""A check's result as Markdown for the page that a pipeline shows about its run."""

import re
from collections.abc import Iterator
from dataclasses import replace

from d365pop.report.findings import CheckedPackage, CheckReport, Item
from d365pop.report.plain import one_line, visible
from d365pop.report.text import totals, verdict
from d365pop.wording import plural

# GitHub refuses a summary of more than 1 MiB.
MOST = 200
_LONGEST = 400
# A colon only where it makes an address or a command.
_SYNTAX = re.compile(r"[\\`*_\[\]#|~<>&@]|:(?=[/:])")


def format_markdown(report: CheckReport) -> str:
    """Return the report as one section with a table, the worst findings first."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: CheckReport) -> Iterator[str]:
    yield f"## d365pop check: {'failed' if report.failing_count else 'passed'}"
    yield ""
    yield cell(totals(report))
    yield cell(verdict(report).text)
    yield ""
    if report.new:
        yield "| severity | place | finding | rule |"
        yield "|---|---|---|---|"
        for package, item in report.new[:MOST]:
            yield _row(package, item)
        yield ""
    if len(report.new) > MOST:
        yield f"{plural(len(report.new) - MOST, 'more finding')}."
        yield ""
    for package in report.packages:
        for gap in package.not_checked:
            yield f"- not checked in {cell(package.path)}: {cell(gap)}"


def _row(package: CheckedPackage, item: Item) -> str:
    finding = item.finding
    place = str(replace(finding.location, part=package.place(item)))
    cells = (item.severity.label, place, finding.message, finding.rule.rule_id)
    return f"| {' | '.join(cell(text) for text in cells)} |"


def cell(text: str) -> str:
    """Return ``text`` so that Markdown shows it and reads nothing into it."""
    text = one_line(visible(text))
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return _SYNTAX.sub(lambda found: f"&#{ord(found[0])};", text)
