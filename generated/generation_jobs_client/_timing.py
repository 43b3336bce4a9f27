"""Time and chance, in one place so that tests can have their own."""

import random
import threading
import time


class Timing:
    def monotonic(self) -> float:
        return time.monotonic()

    def wall_clock(self) -> float:
        """Seconds since 1970, for an instant that a server names."""
        return time.time()

    def jitter(self) -> float:
        """Between 0 and 1."""
        return random.random()

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        """Return early where `cancel` is set meanwhile."""
        if cancel is None:
            time.sleep(seconds)
        else:
            cancel.wait(seconds)

    async def sleep_async(self, seconds: float) -> None:
        import asyncio  # noqa: PLC0415 - programs without it need not wait for its import

        await asyncio.sleep(seconds)
