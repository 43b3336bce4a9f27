"""The `assay` command → its modules, imported; until then Ctrl-C ends it in one line, as it does afterwards.

Nothing else is done here, and nothing is imported that Python has not loaded by itself: importing `signal` takes longer
than some need for a second thought.
"""

import _signal as signal  # type: ignore[import-not-found]
import os

_INTERRUPTED = 3


def main() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    from assay.cli import main as command  # noqa: PLC0415 - see above

    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command()


def _end(*_: object) -> None:
    """An exception here would come up in the middle of an import, as a traceback."""
    os.write(2, b"assay: interrupted\n")
    os._exit(_INTERRUPTED)
