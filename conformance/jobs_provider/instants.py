"""The system's two clocks → instants that never go back → RFC 3339 text.

Not a scheduler: nothing happens at an instant here; whoever asks later sees a later world.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def steady_clock() -> Clock:
    """UTC as the system had it when this was called, carried on by its monotonic clock.

    A job's state is computed from the time, so a wall clock that is set back would take progress back with it.
    """
    began, ticks = datetime.now(UTC), time.monotonic()
    return lambda: began + timedelta(seconds=time.monotonic() - ticks)


def rfc3339(instant: datetime) -> str:
    """UTC with `Z`, to the millisecond; rounds down, so the order of instants survives."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
