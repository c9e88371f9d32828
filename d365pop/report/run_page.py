"""The runs of a command as one HTML page with their timeline; loads nothing; pure."""

from collections.abc import Iterator
from html import escape
from typing import Final

from d365pop import __version__
from d365pop.errors import ExitCode
from d365pop.report.page import page
from d365pop.report.plain import visible
from d365pop.report.runs import CommandReport, ReportedStep, RunReport, StepState

_WIDTH: Final = 240
_COLOURS: Final = {
    StepState.DONE: "#1a7f37",
    StepState.FAILED: "#cf222e",
    StepState.UNKNOWN: "#8a6100",
}


def format_html(report: CommandReport) -> str:
    """Return the report as a page that needs nothing besides itself."""
    fine = report.exit_code in {ExitCode.OK, ExitCode.DIFFERS}
    body = [
        "<header>",
        f"<h1>d365pop {_text(report.command)}</h1>",
        f'<p class="verdict {"passed" if fine else "failed"}">Exit code {report.exit_code}</p>',
        "</header>",
        "<main>",
        *(line for run in report.runs for line in _run(run)),
        "</main>",
        f'<footer><p class="quiet">Written by d365pop {escape(__version__)}.</p></footer>',
    ]
    names = ", ".join(run.environment for run in report.runs)
    return page(visible(f"d365pop {report.command}: {names}"), "\n".join(body))


def _run(run: RunReport) -> Iterator[str]:
    yield "<section>"
    yield f"<h2>{_text(run.environment)}: {_text(run.state)}</h2>"
    facts = (run.url, f"run {run.run}" if run.run else "", run.began)
    yield f'<p class="quiet">{_text(", ".join(filter(None, facts)))}</p>'
    if run.error:
        yield f"<p><strong>{_text(run.error.message)}</strong>"
        yield f"<code>{_text(run.error.reference)}</code></p>"
        yield f"<pre>{_text(run.error.context)}\n{_text(run.error.hint)}</pre>"
    if run.steps:
        yield "<table><thead><tr><th>Step</th><th>State</th><th>Time</th></tr></thead><tbody>"
        for step in run.steps:
            yield from _step(step, run.seconds)
        yield "</tbody></table>"
    if run.drift:
        yield "<table><thead><tr><th>Differs</th><th>Who</th><th>When</th></tr></thead><tbody>"
        for drift in run.drift:
            yield f"<tr><td><strong>{_text(drift.item)}</strong> {_text(drift.what)}</td>"
            yield f"<td>{_text(drift.author)}</td><td>{_text(drift.modified_on)}</td></tr>"
        yield "</tbody></table>"
    if run.left:
        # Of an environment that was only looked at, they are facts.
        yield "<h3>Left alone</h3><ul>" if run.kind else "<ul>"
        yield from (f"<li>{_text(sentence)}</li>" for sentence in run.left)
        yield "</ul>"
    if run.irreversible:
        yield "<h3>A rollback cannot restore</h3><ul>"
        yield from (f"<li>{_text(sentence)}</li>" for sentence in run.irreversible)
        yield "</ul>"
    yield "</section>"


def _step(step: ReportedStep, total: float) -> Iterator[str]:
    yield f"<tr><td><strong>{_text(step.action)}</strong> {_text(step.item)}"
    yield f'<div class="quiet">{_text(step.reason)}</div>'
    if step.details:
        yield "<details><summary>Details</summary>"
        yield f"<pre>{_text(chr(10).join(step.details))}</pre></details>"
    if step.failure:
        yield f"<div>{_text(step.failure)}</div>"
    took = "" if step.seconds is None else f"{step.seconds:.1f} s"
    yield f"</td><td>{step.state}</td><td>{_bar(step, total)} {took}</td></tr>"


def _bar(step: ReportedStep, total: float) -> str:
    """Draw when the step ran, in the whole run's time; attributes, since the page has no styles."""
    if step.began is None or step.seconds is None:
        return ""
    scale = _WIDTH / total if total else 0.0
    start, width = step.began * scale, max(step.seconds * scale, 2.0)
    return (
        f'<svg width="{_WIDTH}" height="10" role="img" aria-label="from {step.began:.1f} s">'
        f'<rect x="{start:.1f}" width="{width:.1f}" height="10" fill="{_COLOURS[step.state]}"/>'
        "</svg>"
    )


def _text(text: str) -> str:
    return escape(visible(text))
