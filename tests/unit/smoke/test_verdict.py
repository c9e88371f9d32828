"""What the browser showed, judged: each thing by itself, without a number or a name in it."""

from dataclasses import replace

from d365pop.smoke.callers import Caller
from d365pop.smoke.verdict import Expected, ExpectedForm, Observed, console_error, judge

ID = "d3650000-0000-4000-8000-000200000001"
ONLOAD = "onload D365Pop.onLoad"
MORE = "onload D365Pop.more"
EXPECTED = Expected(
    (ExpectedForm("account", "", (ONLOAD,)), ExpectedForm("contact", "", (ONLOAD, MORE))),
    Caller("contact", ID, "+12065550102"),
    "auto",
)
GOOD = Observed(
    ran=(frozenset({ONLOAD}), frozenset({ONLOAD, MORE})),
    connection="connected",
    rang=True,
    opened=("contact", ID),
    said="Opened Marta Lindqvist.",
)


def wrong(observed: Observed, expected: Expected = EXPECTED) -> list[str]:
    return [finding.text for finding in judge(expected, observed) if not finding.passed]


def test_everything_that_is_right_is_told() -> None:
    assert [(finding.passed, finding.text) for finding in judge(EXPECTED, GOOD)] == [
        (True, "form account: onload D365Pop.onLoad ran"),
        (True, "form contact: onload D365Pop.onLoad ran"),
        (True, "form contact: onload D365Pop.more ran"),
        (True, "softphone pane: connected"),
        (True, f"call from …02: opened contact {ID}"),
        (True, "browser: no error on its console"),
    ]


def test_handler_that_did_not_run_is_named_with_its_form() -> None:
    observed = replace(GOOD, ran=(frozenset({ONLOAD}), frozenset({ONLOAD})))
    assert wrong(observed) == ["form contact: onload D365Pop.more did not run"]


def test_browser_that_went_away_leaves_nothing_as_passed() -> None:
    assert wrong(Observed(errors=("the page crashed",))) == [
        "form account: onload D365Pop.onLoad did not run",
        "form contact: onload D365Pop.onLoad did not run",
        "form contact: onload D365Pop.more did not run",
        "softphone pane: not connected, it is not there",
        "call: none could be made",
        "browser: the page crashed",
    ]


def test_pane_that_waits_says_its_state() -> None:
    observed = replace(GOOD, connection="silent", rang=False, opened=("", ""))
    assert wrong(observed) == [
        "softphone pane: not connected, it is “silent”",
        "call: none could be made",
    ]


def test_another_record_on_screen_is_named_by_its_id_and_not_by_its_name() -> None:
    (text,) = wrong(replace(GOOD, opened=("lead", "other-id")))
    assert text == f"call from …02: contact {ID} did not open, on screen is lead other-id"


def test_pane_that_found_nobody_is_quoted_without_the_number() -> None:
    (text,) = wrong(replace(GOOD, opened=("", ""), said="No record has +12065550102."))
    assert text == (
        f"call from …02: contact {ID} did not open, on screen is another page; "
        "the pane says “No record has …02.”"
    )


def test_calls_that_are_switched_off_are_not_missed() -> None:
    observed = replace(GOOD, rang=False, opened=("", ""))
    assert wrong(observed, replace(EXPECTED, voice="off")) == []


def test_errors_of_the_console_are_masked_short_and_few() -> None:
    observed = replace(GOOD, errors=("no\n  +12065550102", "x" * 400, *"abcdef"))
    assert wrong(observed) == [
        "browser: no …02",
        f"browser: {'x' * 300}",
        "browser: a",
        "browser: b",
        "browser: c",
    ]


def test_a_file_that_failed_to_load_is_named_without_its_query() -> None:
    text = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    assert console_error(text, "http://crm.example:1/pages/cif.html?n=%2B12065550102") == (
        f"{text}: crm.example/pages/cif.html"
    )
    assert console_error(text, "") == text
    assert console_error("TypeError: x", "http://crm.example/a.js") == "TypeError: x"
