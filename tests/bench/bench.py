"""Speeds as ratios to a floor that is measured in the same run, and the requests of a deploy.

Machines are shared and noisy: each pair runs in turn, and the median of the ratios is printed.
"""

import argparse
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from d365pop.build import build
from d365pop.config import load
from d365pop.resources import solution_template_root
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import write_package
from tests.bench.deploys import deploy_rows
from tests.bench.local_dataverse import local_dataverse_rows
from tests.bench.measure import ROOT, Row, ratio
from tests.bench.metrics import metrics_rows
from tests.bench.packages import package_rows
from tests.bench.screen_pop import screen_pop_rows
from tests.bench.scripts import script_rows

EMPTY_PROGRAM = """
import typer
app = typer.Typer(no_args_is_help=True)
@app.command()
def one(name: str = "x") -> None:
    "Do one thing."
@app.command()
def two(name: str = "x") -> None:
    "Do another."
app()
"""


def run_python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


def help_row(runs: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY_PROGRAM, encoding="utf-8")
        found = ratio(
            lambda: run_python("-m", "d365pop", "--help"),
            lambda: run_python(str(empty), "--help"),
            runs,
        )
    return Row("--help / an empty Typer program", f"{found:.2f}", "1.3")


def package_row(runs: int) -> Row:
    solution = build(load(ROOT / "d365pop.toml", {})).solution
    templates = read_templates(solution_template_root())
    content = b"".join(resource.content for resource in solution.web_resources)

    def package() -> None:
        write_package(package_parts(solution, templates, managed=False))

    found = ratio(package, lambda: zlib.compress(content, 6), runs * 5)
    return Row("package / deflating the same web resources", f"{found:.1f}")


def rows(runs: int) -> Iterator[Row]:
    yield help_row(runs)
    yield from script_rows(min(runs, 3))
    yield package_row(runs)
    yield from deploy_rows()
    yield from package_rows(min(runs, 3))
    yield from local_dataverse_rows(min(runs, 3))
    yield from screen_pop_rows()
    yield from metrics_rows()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="pairs per ratio")
    for row in rows(parser.parse_args().runs):
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
