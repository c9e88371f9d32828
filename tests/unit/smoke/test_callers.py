"""Who rings in a smoke test: a number beyond doubt, of one row only; and how numbers are masked."""

import pytest

from d365pop.smoke.callers import Caller, StoredRow, choose_caller, masked

ID = "d3650000-0000-4000-8000-000200000001"


def row(*numbers: str, record_id: str = ID) -> StoredRow:
    return StoredRow("contact", record_id, numbers)


@pytest.mark.parametrize(
    ("stored", "rung"),
    [
        ("+12065550102", "+12065550102"),
        ("tel:+12025550163", "+12025550163"),
        (" +1 (206) 555-0100 ", "+12065550100"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_number_in_its_international_form_rings(stored: str, rung: str) -> None:
    assert choose_caller([row(stored)]) == Caller("contact", ID, rung)


@pytest.mark.parametrize(
    "stored",
    [
        "+49 (0)89 1234567",
        "206 555 0102",
        "+1 206 555 0102 x42",
        "+12065550102;ext=7",
        "+112",
        "+1234567890123456",
        "call me",
        "",
    ],
)
def test_number_that_leaves_a_doubt_does_not(stored: str) -> None:
    assert choose_caller([row(stored)]) is None


@pytest.mark.parametrize(
    "twin", ["+12065550102", "(206) 555-0102", "206.555.0102 x9", "001 206 555 0102"]
)
def test_number_that_another_row_holds_in_any_notation_does_not(twin: str) -> None:
    assert choose_caller([row("+12065550102"), row(twin, record_id="other")]) is None


def test_same_number_twice_in_one_row_is_no_doubt() -> None:
    assert choose_caller([row("206 555 0102", "+12065550102")]) is not None


def test_number_without_groups_comes_first() -> None:
    found = choose_caller([row("+1 206 555 0100", record_id="a"), row("+12065550102")])
    assert found == Caller("contact", ID, "+12065550102")


def test_caller_shows_two_digits_and_its_text_no_number() -> None:
    caller = Caller("contact", ID, "+12065550102")
    assert caller.masked == "…02"
    assert "5550102" not in repr(caller)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No record has +12065550102.", "No record has …02."),
        ("(206) 555-0102 and 020 7946 0958", "…02 and …58"),
        (f"contact {ID} is on line 1234", f"contact {ID} is on line 1234"),
        ("$filter=telephone1 eq '%2B1%20206%20555%200102'", "$filter=telephone1 eq '…02'"),
    ],
)
def test_numbers_are_masked_wherever_they_stand(text: str, shown: str) -> None:
    assert masked(text) == shown
