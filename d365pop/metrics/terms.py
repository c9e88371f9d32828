"""The terms of the report: what each metric counts, by which formula and from which source."""

from typing import Final

from d365pop.metrics.model import Source, Term, Unit

CALLS: Final = Term(
    "calls",
    "Phone calls",
    "phonecall rows whose actualstart lies in the time",
    Unit.COUNT,
    Source.DATAVERSE,
)
KNOWN: Final = Term(
    "calls-with-record",
    "Calls about a record",
    "phonecall rows with a regarding record ÷ all of them",
    Unit.SHARE,
    Source.DATAVERSE,
)
TALK: Final = Term(
    "talk-time",
    "Connected time of a call (handle time without after-call work)",
    "sum of actualdurationminutes ÷ rows with at least one minute; whole minutes, from the"
    " connection to the end; after-call work is not in Dataverse, so this is not the whole AHT",
    Unit.MINUTES,
    Source.DATAVERSE,
)
POPS: Final = Term(
    "pops",
    "Screen pops",
    "screen pops whose search ended, found or not, or failed",
    Unit.COUNT,
    Source.TELEMETRY,
)
MATCHED: Final = Term(
    "match-rate",
    "Match rate",
    "screen pops with one match or many ÷ those whose search ended; failed ones are not in it",
    Unit.SHARE,
    Source.TELEMETRY,
)
RING_TO_RECORD: Final = Term(
    "ring-to-record",
    "Time from ring to record",
    "mean from the first sign of an interaction until its record is open, if that opens by itself",
    Unit.SECONDS,
    Source.TELEMETRY,
)
ANSWER_TO_NOTE: Final = Term(
    "answer-to-note",
    "Time from answer to first note (initial AHT segment)",
    "mean from the connection until the first note is written; a part of the AHT, not the AHT",
    Unit.SECONDS,
    Source.TELEMETRY,
)
CLICK_TO_DIAL: Final = Term(
    "click-to-dial",
    "Click-to-dial adoption",
    "calls placed from the CRM (telemetry) ÷ all outbound calls (phonecall rows)",
    Unit.SHARE,
    Source.BOTH,
)
SOFT_POPS: Final = Term(
    "soft-pops-accepted",
    "Soft pops accepted",
    "offered records that the agent opened ÷ offers",
    Unit.SHARE,
    Source.TELEMETRY,
)
FAILURES: Final = Term(
    "failures",
    "Failures",
    "failed pops, calls that could not be dialled, and states in which the softphone does not work",
    Unit.COUNT,
    Source.TELEMETRY,
)
SATISFACTION: Final = Term(
    "satisfaction",
    "Agents' satisfaction",
    "mean of the stars, 1 to 5, that agents gave in the pane",
    Unit.STARS,
    Source.TELEMETRY,
)
FROM_CALLS: Final = (CALLS, KNOWN, TALK)
FROM_TELEMETRY: Final = (
    POPS,
    MATCHED,
    RING_TO_RECORD,
    ANSWER_TO_NOTE,
    CLICK_TO_DIAL,
    SOFT_POPS,
    FAILURES,
    SATISFACTION,
)
