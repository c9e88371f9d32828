"""A check's result as one HTML page with search, for people who would rather look."""

from collections.abc import Iterator
from html import escape

from d365pop import __version__
from d365pop.check.finding import Rule
from d365pop.report.findings import WORST_FIRST, CheckedPackage, CheckReport, Item
from d365pop.report.page import page
from d365pop.report.text import totals, verdict
from d365pop.wording import plural


def format_html(report: CheckReport) -> str:
    """Return the report as a page that needs nothing besides itself."""
    outcome = "failed" if report.failing_count else "passed"
    searchable = any(package.items for package in report.packages)
    body = "\n".join(
        [
            "<header>",
            "<h1>d365pop check</h1>",
            f'<p class="verdict {outcome}">{escape(verdict(report).text)}</p>',
            f"<p>{escape(totals(report))}</p>",
            "</header>",
            *(_tools(report) if searchable else ()),
            "<main>",
            *(line for package in report.packages for line in _package(report, package)),
            *_rules(report),
            "</main>",
            f'<footer><p class="quiet">Written by d365pop {escape(__version__)}.</p></footer>',
        ]
    )
    names = ", ".join(package.path for package in report.packages)
    return page(f"Check of {names}", body, "findings.js" if searchable else "")


def _tools(report: CheckReport) -> Iterator[str]:
    yield '<div class="tools" role="search" hidden>'
    yield '<input type="search" aria-label="Search the findings" placeholder="Search">'
    yield "<fieldset><legend>Severities</legend>"
    for severity in WORST_FIRST:
        label = severity.label
        count = sum(item.severity is severity for p in report.packages for item in p.items)
        if count:
            yield (
                f'<label><input type="checkbox" name="severity" value="{label}" checked>'
                f'<span class="severity-name {label}">{label}</span> {count}</label>'
            )
    yield "</fieldset>"
    if report.known_count:
        yield (
            '<label><input type="checkbox" name="known" checked>'
            f"in the baseline {report.known_count}</label>"
        )
    yield '<output class="quiet"></output>'
    yield "</div>"


def _package(report: CheckReport, package: CheckedPackage) -> Iterator[str]:
    yield '<section class="package">'
    yield f"<h2>{escape(package.path)}</h2>"
    for gap in package.not_checked:
        yield f"<p><strong>Not checked:</strong> {escape(gap)}</p>"
    if package.items:
        yield '<table><colgroup><col class="severity"><col class="place"><col></colgroup>'
        yield "<thead><tr><th>Severity</th><th>Place</th><th>Finding</th></tr></thead>"
        yield "<tbody>"
        for item in package.items:
            yield from _row(report, item)
        yield "</tbody></table>"
        yield '<p class="nothing quiet" hidden>Nothing here matches.</p>'
    else:
        yield f'<p class="quiet">Nothing found by {plural(len(report.rules), "rule")}.</p>'
    yield "</section>"


def _row(report: CheckReport, item: Item) -> Iterator[str]:
    finding, rule = item.finding, item.finding.rule
    label = item.severity.label
    known = ' <span class="tag">in the baseline</span>' if item.known else ""
    failing = ' <span class="tag">fails the check</span>' if report.fails(item) else ""
    yield f'<tr class="{label}{" known" if item.known else ""}" data-severity="{label}">'
    yield f'<td><span class="severity-name">{label}</span></td>'
    yield f'<td class="place">{escape(str(finding.location))}</td>'
    yield f'<td class="message">{escape(finding.message)}'
    yield f"<div><code>{escape(rule.rule_id)}</code>{failing}{known}</div>"
    yield "<details><summary>Why, and what to do</summary>"
    yield f"<p>{escape(rule.why)}</p><p><strong>Mend:</strong> {escape(rule.mend)}</p>"
    if finding.evidence:
        yield f"<pre>{escape(finding.evidence)}</pre>"
    yield "</details></td></tr>"


def _rules(report: CheckReport) -> Iterator[str]:
    fired = {item.finding.rule.rule_id for p in report.packages for item in p.items}
    passed = [rule for rule in report.rules if rule.rule_id not in fired]
    if not passed:
        return
    yield f"<details><summary>{plural(len(passed), 'rule')} without a finding</summary>"
    yield '<ul class="rules">'
    yield from (_rule(rule) for rule in passed)
    yield "</ul></details>"


def _rule(rule: Rule) -> str:
    name = f"<code>{escape(rule.rule_id)}</code>"
    return f'<li>{name} <span class="quiet">{escape(rule.summary)}</span></li>'
