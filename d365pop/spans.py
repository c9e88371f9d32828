"""A span of time, and the parts that it is read in; all in UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` up to before ``end``, in whole seconds."""

    begin: datetime
    end: datetime

    def halves(self) -> "tuple[Span, Span] | None":
        """Return both halves; None where a second cannot be split."""
        seconds = int((self.end - self.begin).total_seconds())
        if seconds < 2:  # noqa: PLR2004 - one second
            return None
        middle = self.begin + timedelta(seconds=seconds // 2)
        return Span(self.begin, middle), Span(middle, self.end)

    def parts(self) -> Iterator["Span"]:
        """Yield its weeks, counted from its begin; the last one may be shorter."""
        begin = self.begin
        while begin < self.end:
            end = min(begin + WEEK, self.end)
            yield Span(begin, end)
            begin = end
