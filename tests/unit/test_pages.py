"""What of docs/ comes from the program says what the program says."""

import pytest

from tests.pages import DOCS, PAGES, with_block

PAGE = "# Title\n<!-- part -->\nold\n<!-- /part -->\nrest\n"


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_program_says(name: str) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == PAGES[name](), "run: python3 dev.py pages"


def test_block_is_written_between_its_marks_and_the_rest_stays() -> None:
    written = with_block(PAGE, "part", r"new \1" + "\n")
    assert written == "# Title\n<!-- part -->\nnew \\1\n<!-- /part -->\nrest\n"


@pytest.mark.parametrize(
    "page",
    ["", PAGE.replace("<!-- part -->", ""), PAGE.replace("/part", "part"), PAGE + PAGE],
    ids=["neither", "no begin", "no end", "twice"],
)
def test_page_whose_marks_are_not_there_once_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        with_block(page, "part", "new\n")
