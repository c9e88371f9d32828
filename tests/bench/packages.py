"""Speeds and memory on a large package: 5,000 web resources, 100 MB unpacked."""

import io
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from d365pop.check.checker import check_package
from d365pop.models import Publisher, Solution, WebResource, WebResourceType
from d365pop.resources import solution_template_root
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import read_package, write_package
from d365pop.solution.reading import read_contents
from tests.bench.measure import ROOT, Row, best_seconds

COUNT = 5_000
SIZE = 20_000
MEGABYTE = 1024 * 1024

# What a command of ours does with a package, in a process of its own, to see its peak. Not
# getrusage: Linux lets a child begin with its parent's.
PEAK = """
import sys
from pathlib import Path
from d365pop.check.checker import check_package
from d365pop.solution.opening import open_package
from d365pop.solution.reading import read_contents
parts = open_package(Path(sys.argv[1]))
{"check": check_package, "inspect": read_contents}[sys.argv[2]](parts)
status = Path("/proc/self/status").read_text()
print(status.split("VmHWM:")[1].split()[0])
"""


def package_rows(runs: int) -> Iterator[Row]:
    """Measure; the package is made once, of words that deflate as scripts do."""
    templates = read_templates(solution_template_root())
    solution = large_solution(COUNT)
    parts = package_parts(solution, templates, managed=False)
    package = write_package(parts)
    floor = best_seconds(lambda: deflate(parts), runs)
    yield Row(
        f"build of {COUNT:,} web resources / deflating them",
        f"{best_seconds(lambda: build(solution, templates), runs) / floor:.2f}",
        "1.3",
    )
    reading = best_seconds(lambda: read_package(package), runs)
    inspect = best_seconds(lambda: read_contents(read_package(package)), runs)
    yield Row("inspect beyond reading, in seconds", f"{inspect - reading:.2f}", "1.0")
    checking = best_seconds(lambda: check_package(parts), runs)
    yield Row("package rules, in seconds", f"{checking:.2f}", "3")
    fewer = package_parts(large_solution(COUNT // 10), templates, managed=False)
    growth = checking / best_seconds(lambda: check_package(fewer), runs)
    yield Row("package rules, ten times the resources", f"{growth:.1f} times the time", "10")
    unpacked = sum(map(len, parts.values())) / MEGABYTE
    allowed = 60 + 1.3 * unpacked
    if not Path("/proc/self/status").exists():
        return
    for command in ("inspect", "check"):
        yield Row(
            f"peak memory of {command}, {unpacked:.0f} MB unpacked",
            f"{peak_megabytes(package, command):.0f} MB",
            f"{allowed:.0f}",
        )


def large_solution(count: int) -> Solution:
    """Return a solution of ``count`` scripts of 20 KB each."""
    draw = random.Random(365)  # noqa: S311 - test data
    words = [f"{draw.choice('abcdefghij')}{number:x}" for number in range(3_000)]

    def content() -> bytes:
        return " ".join(draw.choices(words, k=SIZE // 4)).encode()[:SIZE]

    return Solution(
        unique_name="Large",
        display_name="Large",
        description="",
        version="1.0.0.0",
        publisher=Publisher("bench", "Bench", "bench", 10_000),
        web_resources=tuple(
            WebResource(
                name=f"bench_/large/file{number}.js",
                display_name=f"File {number}",
                description="",
                type=WebResourceType.SCRIPT,
                content=content(),
            )
            for number in range(count)
        ),
        environment_variables=(),
    )


def build(solution: Solution, templates: Mapping[str, str]) -> bytes:
    return write_package(package_parts(solution, templates, managed=False))


def deflate(parts: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def peak_megabytes(package: bytes, command: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.zip"
        path.write_bytes(package)
        done = subprocess.run(
            [sys.executable, "-c", PEAK, str(path), command],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    return int(done.stdout) / 1024
