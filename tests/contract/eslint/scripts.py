"""Scripts for which the embedded engine and ESLint under Node must say the same; good and bad."""

import re
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")

# What editors and git would change in a text file.
LINE_ENDS = {
    "windows line ends": "var a = 1;\r\nalert(a);\r\neval('b');\r\n",
    "other line ends": "var a = 'x';\u2028alert(a);\u2029eval('b');\ralert(2);\n",
    "byte-order mark": "\ufeffalert(1);\n",
    "no line end": "alert(1)",
}


def read(name: str) -> dict[str, str]:
    """Return the scripts of one file by the headings above them."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    _, *found = re.split(r"^==== (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(found[::2], found[1::2], strict=True))


BAD = {**read("bad"), **LINE_ENDS}
NEWER = read("newer")
BROKEN = read("broken")
GOOD = {**read("good"), "empty": ""}
CORPUS = {**BAD, **NEWER, **BROKEN, **GOOD}
