"""Puts the handlers of one form into their order; works on one ``form`` in UTF-8.

Those with our ids change places among themselves, within their event: every byte in front of,
between and behind them stays where it is, and so does every handler of others.
"""

from collections.abc import Iterator, Sequence

from d365pop.models import FormHandler
from d365pop.solution.formxml_edit import handler_paths, has_id, matching_events
from d365pop.solution.formxml_scan import Element, scan
from d365pop.solution.formxml_splice import replace


def order_handlers(data: bytes, handlers: Sequence[FormHandler]) -> bytes:
    """Return the form with ``handlers`` in their order; the very same bytes where they are."""
    form = scan(data)
    moves = [
        (place, data[element.start : element.end])
        for group in _by_event(handlers)
        for place, element in _moves(form, group)
    ]
    for place, text in sorted(moves, key=lambda move: move[0].start, reverse=True):
        data = replace(data, place.start, place.end, text)
    return data


def _by_event(handlers: Sequence[FormHandler]) -> Iterator[list[FormHandler]]:
    for event in dict.fromkeys((each.event, each.attribute) for each in handlers):
        yield [each for each in handlers if (each.event, each.attribute) == event]


def _moves(form: Element, group: Sequence[FormHandler]) -> Iterator[tuple[Element, Element]]:
    """Yield which place of one event gets which of its handlers."""
    events = matching_events(form, group[0])
    ranked = [
        (rank, path[-1])
        for path in handler_paths(form)
        if any(path[2] is event for event in events)
        and (rank := _rank(path[-1], group)) is not None
    ]
    # The rank tells nothing of the place, and sorting is stable: done twice, nothing moves.
    ordered = sorted(ranked, key=lambda pair: pair[0])
    for (_, place), (_, element) in zip(ranked, ordered, strict=True):
        if place is not element:
            yield place, element


def _rank(element: Element, group: Sequence[FormHandler]) -> int | None:
    """Return which of the wanted handlers it is; one that a person registered is not ours."""
    for rank, handler in enumerate(group):
        if has_id(element, handler.handler_unique_id):
            return rank
    return None
