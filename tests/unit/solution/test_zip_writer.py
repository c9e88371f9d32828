"""Our ZIP is the one that zipfile writes, to the byte."""

import zipfile
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from d365pop.solution.zip_writer import write_zip

MODE = 0o100644 << 16


def by_zipfile(files: list[tuple[str, bytes]]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=6)
    return buffer.getvalue()


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(alphabet="aé€😀/._ ", min_size=1, max_size=12).filter(
            lambda name: not name.endswith("/")
        ),
        st.binary(max_size=300),
        max_size=8,
    )
)
def test_zip_is_the_one_of_zipfile(files: dict[str, bytes]) -> None:
    assert write_zip(files.items(), MODE) == by_zipfile(list(files.items()))


def test_many_files_keep_their_order() -> None:
    files = [(f"f{number}", bytes([number % 251]) * number) for number in range(3000)]
    written = write_zip(files, MODE)
    assert written == by_zipfile(files)
    with zipfile.ZipFile(BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [name for name, _ in files]
