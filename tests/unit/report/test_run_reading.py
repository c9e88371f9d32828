"""Reports that are read back: what is wrong with one is said in one line."""

import re

import pytest

from d365pop.report.run_reading import parse_report


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'{"format": 2, "command": "plan", "runs": []}', "format: Input should be 1"),
        (b'{"format": 1, "command": "plan", "runs": [{}]}', "runs.0.environment: Field required"),
        (b"[]", "Input should be an object"),
        (b"<html/>", "Invalid JSON: expected value at line 1 column 1"),
    ],
)
def test_first_thing_that_is_wrong_with_a_report_is_named_with_its_place(
    text: bytes, says: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        parse_report(text)
