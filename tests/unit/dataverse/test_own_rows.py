import pytest

from d365pop.dataverse.own_rows import refuse_missing_table
from d365pop.errors import DataverseError
from d365pop.own_rows import RowKind


def absent(status: int = 404) -> DataverseError:
    return DataverseError("dataverse-not-found", "No such segment.", status=status)


def test_panel_that_is_not_installed_is_named() -> None:
    found = refuse_missing_table(RowKind.PROVIDER, absent())
    assert (found.reference, found.context) == ("cif-missing", "No such segment.")


@pytest.mark.parametrize(
    ("kind", "error"),
    [(RowKind.PROVIDER, absent(403)), (RowKind.COMMAND, absent())],
    ids=["another refusal", "another table"],
)
def test_other_errors_stay_as_they_are(kind: RowKind, error: DataverseError) -> None:
    assert refuse_missing_table(kind, error) is error
