"""Coverage-guided fuzzing of what reads strangers' bytes: ZIP, package XML, FormXml.

Only our own errors may come out. ``python3 dev.py fuzz TARGET [libFuzzer options]``; a crash is
written to the folder where it runs, and becomes a unit test.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["d365pop", "zipfile"]):
    from d365pop.check.checker import check_package
    from d365pop.errors import D365PopError
    from d365pop.models import FormEvent, FormHandler
    from d365pop.solution.formxml import register, registered, unregister
    from d365pop.solution.package import read_package, write_package
    from d365pop.solution.reading import read_contents
    from d365pop.solution.source_layout import pack, unpack
    from tests.unit.check.packages import SYSTEM_FORM, good_parts

HANDLER = FormHandler(FormEvent.ON_LOAD, "D365Pop.onLoad", "pre_/screenpop/form.js")
GOOD = good_parts()
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "zip": (write_package(GOOD),),
    "package": (GOOD["solution.xml"] + b"\x00" + GOOD["customizations.xml"],),
    "form": (
        SYSTEM_FORM.encode(),
        b"<form><events><event name='onload'/></events></form>",
        b"<form><formLibraries><Library name='a' libraryUniqueId='{1}'/></formLibraries></form>",
    ),
}


def fuzz_zip(data: bytes) -> None:
    """Read any bytes as a package, and what was read as its contents."""
    read_and_check(read_package(data))


def fuzz_package(data: bytes) -> None:
    """Read any bytes as the two root parts of a package that is otherwise sound."""
    first, _, second = data.partition(b"\x00")
    read_and_check(
        {
            "solution.xml": first,
            "customizations.xml": second,
            "[Content_Types].xml": b"<Types/>",
        }
    )


def read_and_check(parts: Mapping[str, bytes]) -> None:
    check_package(parts)
    read_contents(parts)
    pack(unpack(parts))


def fuzz_form(data: bytes) -> None:
    """Register on any text; what is registered can be taken off again, to the byte."""
    form_xml = data.decode("utf-8", "surrogateescape")
    had_ours = "D365Pop.onLoad" in form_xml
    done = register(form_xml, [HANDLER])
    registered(done)
    if register(done, [HANDLER]) != done:
        raise AssertionError("twice is not once")
    if not had_ours and unregister(done, [HANDLER]) != form_xml:
        raise AssertionError("unregistering does not restore the text")


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "zip": fuzz_zip,
    "package": fuzz_package,
    "form": fuzz_form,
}


def main() -> None:
    """Fuzz the target that the command line names, until libFuzzer is told to stop."""
    name = sys.argv.pop(1)
    target = TARGETS[name]

    def guarded(data: bytes) -> None:
        try:
            target(data)
        except D365PopError:
            return

    with tempfile.TemporaryDirectory() as corpus:
        for index, seed in enumerate(SEEDS[name]):
            Path(corpus, str(index)).write_bytes(seed)
        # Longer than the longest seed, which libFuzzer would cut at 4 KB.
        atheris.Setup([*sys.argv, "-max_len=65536", corpus], guarded)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
