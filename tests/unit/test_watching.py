"""Changes of files: noticed, gathered until they rest, told once."""

from itertools import islice
from pathlib import Path

from d365pop.watching import Stamps, settled_changes, stamps

A, B = Path("a.js"), Path("b.js")


def told(known: Stamps, *looks: Stamps, most: int) -> list[tuple[Path, ...]]:
    """Return the first changes that a watcher tells of what it sees, look by look."""
    seen = iter(looks)
    return list(islice(settled_changes(known, lambda: next(seen), lambda _: None), most))


def test_files_that_change_one_after_another_are_one_change() -> None:
    before: Stamps = {A: (1, 1), B: (1, 1)}
    first: Stamps = {A: (2, 1), B: (1, 1)}
    second: Stamps = {A: (2, 1), B: (2, 9)}
    assert told(before, before, first, second, second, most=1) == [(A, B)]


def test_each_rest_between_two_changes_tells_the_first_alone() -> None:
    one: Stamps = {A: (1, 1)}
    two: Stamps = {A: (2, 1)}
    three: Stamps = {A: (2, 1), B: (1, 1)}
    assert told(one, two, two, two, three, three, most=2) == [(A,), (B,)]


def test_file_that_went_has_changed() -> None:
    assert told({A: (1, 1), B: (1, 1)}, {A: (1, 1)}, {A: (1, 1)}, most=1) == [(B,)]


def test_file_that_is_again_as_it_was_has_not_changed() -> None:
    same: Stamps = {A: (1, 1)}
    gone: Stamps = {}
    other: Stamps = {A: (2, 2)}
    assert told(same, gone, same, same, other, other, most=1) == [(A,)]


def test_files_and_folders_are_read_and_hidden_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "src" / ".git").mkdir(parents=True)
    (tmp_path / "src" / "core").mkdir()
    for name in ("src/a.js", "src/core/b.js", "src/.a.js.swp", "src/.git/index", "one.toml"):
        (tmp_path / name).write_text("text")
    roots = [tmp_path / "src", tmp_path / "one.toml", tmp_path / "absent"]
    found = {
        path.relative_to(tmp_path).as_posix(): size for path, (_, size) in stamps(roots).items()
    }
    assert found == {"src/a.js": 4, "src/core/b.js": 4, "one.toml": 4}
