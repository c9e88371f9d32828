"""The ZIP: same parts same bytes, and nothing hostile is unpacked."""

import hashlib
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.errors import BundleError
from d365pop.solution import package
from d365pop.solution.package import check_names, content_digest, read_package, write_package

PARTS = {
    "solution.xml": b"<a/>",
    "WebResources/pop_form": b"var a;" * 100,
    "[Content_Types].xml": b"<Types/>",
    "customizations.xml": "é".encode(),
}
NAMES = st.text(st.sampled_from("abcXY019_-é "), min_size=1, max_size=6).filter(str.strip)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def archive_of(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return buffer.getvalue()


def entry(name: str, **fields: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def refusal(data: bytes) -> BundleError:
    with pytest.raises(BundleError) as caught:
        read_package(data)
    return caught.value


def test_zip_is_identical_when_parts_come_in_another_order() -> None:
    assert write_package(PARTS) == write_package(dict(reversed(PARTS.items())))


def test_entries_carry_no_date_owner_or_mode_of_the_machine() -> None:
    with zipfile.ZipFile(BytesIO(write_package(PARTS))) as archive:
        entries = archive.infolist()
    assert [e.filename for e in entries] == [
        "[Content_Types].xml",
        "solution.xml",
        "customizations.xml",
        "WebResources/pop_form",
    ]
    facts = {(e.date_time, e.create_system, e.external_attr >> 16, e.extra) for e in entries}
    assert facts == {((1980, 1, 1, 0, 0, 0), 3, 0o100644, b"")}
    assert {e.compress_type for e in entries} == {zipfile.ZIP_DEFLATED}


@given(st.dictionaries(PATHS, st.binary(max_size=50), max_size=5))
def test_what_was_written_is_what_is_read(parts: dict[str, bytes]) -> None:
    if len({name.lower() for name in parts}) == len(parts):
        assert read_package(write_package(parts)) == parts


def test_digest_is_that_of_names_and_contents_only() -> None:
    expected = hashlib.sha256()
    for name in sorted(PARTS):
        expected.update(f"{name}\0{hashlib.sha256(PARTS[name]).hexdigest()}\n".encode())
    assert content_digest(PARTS) == expected.hexdigest()
    stored = BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    assert content_digest(read_package(stored.getvalue())) == content_digest(PARTS)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({**PARTS, "solution.xml": b"<b/>"}, id="content"),
        pytest.param({**PARTS, "more": b""}, id="one-more"),
        pytest.param(
            {"solution.xml": b"<Types/>", "[Content_Types].xml": b"<a/>"}, id="contents-swapped"
        ),
    ],
)
def test_digest_differs_when_a_part_differs(other: dict[str, bytes]) -> None:
    assert content_digest(other) != content_digest(PARTS)


def test_directory_entries_are_left_out() -> None:
    assert read_package(archive_of(("WebResources/", b""), ("solution.xml", b"x"))) == {
        "solution.xml": b"x"
    }


@pytest.mark.parametrize(
    "name",
    ["../a", "a/../b", "/etc/passwd", "a//b", "./a", "C:/a", "a\\b", "a\nb"],
)
def test_a_name_that_leaves_the_package_is_refused(name: str) -> None:
    assert refusal(archive_of((name, b"x"))).reference == "package-invalid"
    with pytest.raises(BundleError, match="part name"):
        write_package({name: b"x"})


def test_a_name_cut_by_a_nul_is_refused() -> None:
    data = archive_of(("safe-name", b"x")).replace(b"safe-name", b"safe\0name")
    assert "part name" in refusal(data).message


@pytest.mark.parametrize("names", [("a", "a"), ("WebResources/a", "webresources/A")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(names: tuple[str, str]) -> None:
    assert "twice" in refusal(archive_of(*((name, b"x") for name in names))).message


def test_two_parts_of_one_name_are_not_written() -> None:
    with pytest.raises(BundleError, match="twice"):
        write_package({"a": b"", "A": b""})


def test_a_symbolic_link_is_refused() -> None:
    link = entry("link", create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16)
    assert "symbolic link" in refusal(archive_of((link, b"/etc/passwd"))).message


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(archive_of(("a", b"secret")))
    central = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    assert "encrypted" in refusal(bytes(data)).message


def test_another_compression_method_is_refused() -> None:
    assert (
        "method" in refusal(archive_of((entry("a", compress_type=zipfile.ZIP_LZMA), b"x"))).message
    )


def cut(data: bytes) -> bytes:
    return data[:-30]


def flipped(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 0xFF]) + data[41:]


def lying_about_size(data: bytes) -> bytes:
    central = data.index(b"PK\x01\x02")
    return data[: central + 24] + struct.pack("<I", 7) + data[central + 28 :]


@pytest.mark.parametrize("damage", [cut, flipped, lying_about_size, lambda _: b"", lambda _: b"no"])
def test_a_damaged_archive_is_refused(damage: Callable[[bytes], bytes]) -> None:
    good = archive_of(("a", bytes(range(256))))
    assert read_package(good) == {"a": bytes(range(256))}
    assert refusal(damage(good)).reference == "package-invalid"


def test_a_part_that_unpacks_to_hundreds_of_times_its_size_is_refused() -> None:
    assert refusal(archive_of(("a", bytes(4_000_000)))).reference == "package-too-large"
    assert read_package(archive_of(("a", bytes(900_000)))) == {"a": bytes(900_000)}


def declaring(data: bytes, size: int, crc: int | None = None) -> bytes:
    """Return the archive with another unpacked size (and checksum) of its only entry."""
    central = data.index(b"PK\x01\x02")
    kept = data[central + 16 : central + 20]
    checksum = kept if crc is None else struct.pack("<I", crc)
    return (
        data[: central + 16]
        + checksum
        + data[central + 20 : central + 24]
        + struct.pack("<I", size)
        + data[central + 28 :]
    )


def test_part_that_holds_more_than_it_declares_is_refused_before_it_fills_the_memory() -> None:
    lie = declaring(archive_of(("a", bytes(64_000_000))), 1000)
    assert len(lie) < 100_000
    tracemalloc.start()
    try:
        assert refusal(lie).reference == "package-invalid"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_part_of_another_size_than_declared_is_refused_with_any_checksum(
    size: int, method: int
) -> None:
    data = archive_of((entry("a", compress_type=method), b"abcd"))
    assert read_package(declaring(data, 4)) == {"a": b"abcd"}
    for held in (b"abcd"[:size], b"abcd"):
        lie = declaring(data, size, zlib.crc32(held))
        assert refusal(lie).reference == "package-invalid"


def test_a_name_that_is_not_utf_8_is_refused() -> None:
    for check in (lambda: check_names(["a\udcff"]), lambda: write_package({"a\udcff": b""})):
        with pytest.raises(BundleError, match="is not UTF-8") as caught:
            check()
        assert caught.value.message.encode()


def test_more_bytes_than_the_limit_are_refused_before_they_are_unpacked() -> None:
    data = bytearray(archive_of(("a", b"x")))
    central = data.index(b"PK\x01\x02")
    size = package.MAX_TOTAL_BYTES + 1
    data[central + 24 : central + 28] = struct.pack("<I", size)
    assert f"{size} bytes" in refusal(bytes(data)).message


def test_more_entries_than_the_limit_are_refused() -> None:
    data = archive_of(*((str(n), b"") for n in range(package.MAX_ENTRIES + 1)))
    assert refusal(data).reference == "package-too-large"


def test_real_packages_are_read(shared: Path) -> None:
    for path in sorted(shared.glob("samples/packages/*.zip")):
        parts = read_package(path.read_bytes())
        assert {"solution.xml", "customizations.xml", "[Content_Types].xml"} <= set(parts), path
        assert read_package(write_package(parts)) == parts, path


def test_entry_without_a_name_is_refused() -> None:
    package = write_package({"a.xml": b"<a/>"})
    central = package.index(b"PK\x01\x02")
    # The length of the name in the central directory, and the name itself.
    nameless = package[: central + 28] + b"\x00\x00" + package[central + 30 :]
    nameless = nameless.replace(b"a.xmlPK\x05\x06", b"PK\x05\x06")
    end = nameless.index(b"PK\x05\x06")
    size = int.from_bytes(nameless[end + 12 : end + 16], "little") - len("a.xml")
    nameless = nameless[: end + 12] + size.to_bytes(4, "little") + nameless[end + 16 :]
    with pytest.raises(BundleError) as caught:
        read_package(nameless)
    assert caught.value.reference == "package-invalid"
