"""Where a key stands in a TOML file."""

import pytest

from d365pop.toml_lines import line_of

TEXT = """\
top = 1
[genesys]
region = "x"            # line 3
[ genesys . framework ]
"theme" = { primry = "#fff" }
[[forms]]
table = "a"
[[forms]]
tabel = "b"
[[forms.handlers]]
evnt = "onload"
[[forms.handlers]]
[[forms]]
[[forms.handlers]]
evnt = "onsave"
[environments.prod]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("genesys", "region"), 3),
        (("genesys", "framework"), 4),
        (("genesys", "framework", "theme", "primry"), 5),
        (("forms", 0, "table"), 7),
        (("forms", 1, "tabel"), 9),
        (("forms", 1, "handlers", 0, "evnt"), 11),
        (("forms", 2, "handlers", 0, "evnt"), 15),
        (("environments", "prod"), 16),
        (("forms", 0, "evnt"), None),
        (("region",), None),
    ],
)
def test_key_is_found_in_its_own_table(path: tuple[int | str, ...], line: int | None) -> None:
    assert line_of(TEXT, path) == line
