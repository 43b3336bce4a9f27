"""What holds for all self-tests."""

import signal
import threading


def pytest_configure() -> None:
    """A shell without job control starts what it puts in the background with Ctrl-C ignored, and so would be all that
    the tests start; some of them are about Ctrl-C.
    """
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
