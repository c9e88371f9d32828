"""Generated packages are compared without a crash, and each is the same as itself."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from d365pop.compare.difference import Change
from d365pop.compare.packages import compare
from d365pop.compare.side import Side
from d365pop.errors import BundleError
from d365pop.solution.contents import Contents
from d365pop.solution.reading import read_contents
from tests.unit.solution.test_reading_properties import FILES, TREES

BODIES = st.lists(TREES, max_size=4).map("".join)


def read(body: str, files: dict[str, bytes]) -> Contents | None:
    document = f"<ImportExportXml>{body}</ImportExportXml>".encode()
    try:
        return read_contents({**files, "solution.xml": document, "customizations.xml": document})
    except BundleError:
        return None


@settings(max_examples=100, deadline=None)
@given(BODIES, FILES, BODIES, FILES)
def test_comparing_backwards_turns_added_into_removed(
    body: str, files: dict[str, bytes], other_body: str, other_files: dict[str, bytes]
) -> None:
    first, second = read(body, files), read(other_body, other_files)
    assume(first is not None and second is not None)
    assert first is not None
    assert second is not None
    there = compare(Side("a", first), Side("b", second))
    back = compare(Side("b", second), Side("a", first))
    assert there.count(Change.ADDED) == back.count(Change.REMOVED)
    assert there.count(Change.CHANGED) == back.count(Change.CHANGED)
    assert compare(Side("a", first), Side("a", first)).is_same
