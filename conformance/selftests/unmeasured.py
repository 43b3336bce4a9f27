"""This process' environment → that of a program of which no coverage is measured, in half the time.

For programs that are not assay's, or run what is measured elsewhere in this process.
"""

import os


def environment(**changes: str) -> dict[str, str]:
    """coverage.py is started in a process by a variable of its own (`patch = subprocess`)."""
    return {**{key: value for key, value in os.environ.items() if key != "COVERAGE_PROCESS_CONFIG"}, **changes}
