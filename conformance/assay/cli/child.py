"""A command → its exit status, and meanwhile: signals to this process → to that one.

Not what becomes of them there: a run that is told to stop removes what it made and reports, and this waits for it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

_SAME_WITHIN = 0.5
"""Seconds in which a signal is the same once more: `timeout` sends it to a process and to its group."""


def run(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Whoever is told to stop, by Ctrl-C or by a signal to this process alone, the command is told once."""
    came: dict[int, float] = {}
    child: subprocess.Popen[bytes] | None = None

    def passed_on(given: int, _: object) -> None:
        # a terminal that was closed would end the command at once
        number = int(signal.SIGTERM if given == signal.SIGHUP else given)
        again = time.monotonic() - came.get(number, float("-inf")) < _SAME_WITHIN
        came[number] = time.monotonic()
        if child is not None and not again:
            child.send_signal(number)

    def paused(*_: object) -> None:
        if child is not None:
            child.send_signal(signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGSTOP)
            child.send_signal(signal.SIGCONT)

    # before it is started: it then begins with none of them ignored, also where a script runs this in the background
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, passed_on)
    signal.signal(signal.SIGTSTP, paused)
    # nohup ignores it, which is to last
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, passed_on)
    # in a group of its own, which a terminal's Ctrl-C and Ctrl-Z do not reach but through this
    # until it says that it listens, Ctrl-C waits there: while it is imported, Python would print where
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    child = subprocess.Popen(command, env=env, process_group=0)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    for number in tuple(came):
        child.send_signal(number)
    return child.wait()
