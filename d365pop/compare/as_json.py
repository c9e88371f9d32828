"""A comparison as JSON; ``format`` changes when a reader of the last one would break."""

from typing import Final

from d365pop.compare.difference import Comparison, Difference, Lines
from d365pop.models import Json
from d365pop.redaction import redact
from d365pop.report.json_text import dump, redacted

FORMAT: Final = 1


def comparison_json(comparison: Comparison, *, summary: bool) -> str:
    """Return the document; ``summary`` leaves out what changed inside the components."""
    return dump(redacted(comparison_document(comparison, summary=summary)))


def comparison_document(comparison: Comparison, *, summary: bool) -> dict[str, Json]:
    """Return the document as values."""
    return {
        "format": FORMAT,
        "before": comparison.before,
        "after": comparison.after,
        "same": comparison.is_same,
        "differences": [_difference(item, summary=summary) for item in comparison.differences],
        "unchanged": {kind: list(names) for kind, names in comparison.unchanged.items()},
        "notes": list(comparison.notes),
    }


def _difference(difference: Difference, *, summary: bool) -> Json:
    document: dict[str, Json] = {
        "kind": difference.kind,
        "name": difference.name,
        "change": str(difference.change),
    }
    if summary:
        return document
    return {
        **document,
        "details": [
            {"what": detail.what, "before": detail.before, "after": detail.after}
            for detail in difference.details
        ],
        "lines": [{"of": lines.of, "diff": _redacted_lines(lines)} for lines in difference.lines],
    }


def _redacted_lines(lines: Lines) -> list[Json]:
    # A key stands in many lines; none of them alone looks like one.
    return [*redact("\n".join(lines.text)).split("\n")] if lines.text else []
