import pytest

from tests.conftest import SHARED_IS_ABSENT, is_false_skip


def test_skip_for_want_of_the_reference_folder_fails_where_the_folder_is() -> None:
    assert is_false_skip(("file.py", 1, f"Skipped: {SHARED_IS_ABSENT}"), present=True)


@pytest.mark.parametrize(
    ("reason", "present"),
    [
        pytest.param(SHARED_IS_ABSENT, False, id="folder absent"),
        pytest.param("needs Windows", True, id="another reason"),
    ],
)
def test_honest_skip_stays_a_skip(reason: str, *, present: bool) -> None:
    assert not is_false_skip(("file.py", 1, f"Skipped: {reason}"), present=present)
