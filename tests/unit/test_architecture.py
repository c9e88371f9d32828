"""The picture in docs/architecture.md is what is drawn, and shows rooms that are there."""

from itertools import combinations

from lxml import etree

from tests.architecture import ARROWS, BOXES, HEIGHT, PICTURE, WIDTH, Box, picture, rooms


def test_picture_is_what_is_drawn() -> None:
    assert PICTURE.read_text("utf-8") == picture(), "run: python -m tests.architecture"
    etree.fromstring(picture().encode())


def test_every_room_in_it_is_there() -> None:
    assert [path for path in rooms() if not path.exists()] == []


def test_boxes_lie_in_the_picture_and_not_on_one_another() -> None:
    def apart(one: Box, other: Box) -> bool:
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        return beside or one.y + one.height <= other.y or other.y + other.height <= one.y

    assert all(b.x + b.width <= WIDTH and b.y + b.height <= HEIGHT for b in BOXES.values())
    assert [pair for pair in combinations(BOXES.values(), 2) if not apart(*pair)] == []


def test_everything_in_it_is_connected() -> None:
    ends = {name for start, _, end, _, _ in ARROWS for name in (start, end)}
    assert ends == set(BOXES)
