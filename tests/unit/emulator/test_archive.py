"""The emulator's own reader of archives is not taken in by what an archive says of itself."""

import io
import zipfile

import pytest

from d365pop.emulator.faults import Fault
from d365pop.emulator.package.archive import open_archive


def archive_of(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.xml", content)
    return stream.getvalue()


def test_entry_that_is_larger_than_it_says_is_refused() -> None:
    honest = archive_of(solution=b"x" * 5000)
    declared = (5000).to_bytes(4, "little")
    lying = honest.replace(declared, (10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(Fault) as caught:
        open_archive(lying)
    assert caught.value.status == 400


def test_entry_without_a_name_is_refused() -> None:
    honest = archive_of(a=b"<a/>")
    central = honest.index(b"PK\x01\x02")
    nameless = honest[: central + 28] + b"\x00\x00" + honest[central + 30 :]
    with pytest.raises(Fault):
        open_archive(nameless)
