"""Two rounds of a `battery` → what is different in the second, in a few words for each answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from selftests.provider.battery import Seen

MISSING = object()
LONGEST = 50

Differences = dict[str, dict[int, list[str]]]
"""What was asked → which reading of it, from 1 → words such as `-/result`, `/status="failed"`, `200→500`."""


def differences(was: Mapping[str, Sequence[Seen]], now: Mapping[str, Sequence[Seen]]) -> Differences:
    """What is asked and answered alike is left out."""
    found: Differences = {}
    for name, before in was.items():
        for nth, (one, other) in enumerate(zip(before, now[name], strict=True), 1):
            words = list(_difference(one, other))
            if words:
                found.setdefault(name, {})[nth] = words
    return found


def _difference(was: Seen, now: Seen) -> Iterator[str]:
    if was.status != now.status:
        yield f"{was.status}→{now.status}"
    for name in sorted(was.headers.keys() | now.headers.keys()):
        if was.headers.get(name) != now.headers.get(name):
            yield f"{name}: {now.headers.get(name, 'none')}"
    if was.body == now.body:
        return
    if was.json is None or now.json is None:
        yield f"text: {_short(now.body.decode('utf-8', 'backslashreplace'))}"
    elif was.status != now.status:
        yield f"body: {now.json.get('error', 'no error')}"
    else:
        yield from list(_within(was.json, now.json, "")) or [f"text: {_short(now.body.decode())}"]


def _within(was: Any, now: Any, at: str) -> Iterator[str]:
    if not isinstance(was, dict) or not isinstance(now, dict):
        if was != now:
            yield f"{at}={_short(json.dumps(now))}"
        return
    for name in sorted(was.keys() | now.keys()):
        before, after = was.get(name, MISSING), now.get(name, MISSING)
        if after is MISSING:
            yield f"-{at}/{name}"
        elif before is MISSING:
            yield f"+{at}/{name}={_short(json.dumps(after))}"
        else:
            yield from _within(before, after, f"{at}/{name}")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…{text[-3:]}"
