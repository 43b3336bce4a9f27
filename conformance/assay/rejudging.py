"""Results + their recording + contract → verdicts, made again; and where the results say something else.

Verdicts are a pure function of contract and recording, so results can be checked by whoever has both, and every face of
them made anew. Whether a difference matters, and to whom, is not decided here.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from assay import judge
from assay.claims import Ledger
from assay.judge.verdicts import ClientVerdicts, Verdicts
from assay.recording import Recording
from assay.report.results import results
from assay.result_file import Result

_WORDS = frozenset({
    "where", "file", "files", "sentence", "reason", "todo", "text", "message", "expected", "got", "curl", "incomplete",
    "alike", "note", "notes", "ticket",
})  # fmt: skip
"""Members that say in prose, or as somebody's path, what others say for programs; versions may differ in them.
The bytes of `files` may differ where the contract, which has a digest of its own, does not: a comment is none."""

_LONGEST = 100
"""Characters that are quoted of a value."""


@frozen
class Rejudged:
    """`differing`: each place at which the results say something else, in one sentence."""

    verdicts: Verdicts
    recording: Recording
    differing: tuple[str, ...]


def rejudged(result: Result, ledger: Ledger, recording: Recording, client: ClientVerdicts | None = None) -> Rejudged:
    """Without what was found of a client (`subject`), what the results say of one is left out."""
    # whoever judged may have been stricter than the run
    strict = recording.header.strict or result.data["strict"]
    recording = evolve(recording, header=evolve(recording.header, strict=strict))
    verdicts = judge.judge(ledger, recording, client)
    told, shown = result.data, results(verdicts, recording)
    if client is None:
        told = _without_client(told)
    return Rejudged(verdicts, recording, tuple(_differing("", _comparable(told), _comparable(shown))))


def _without_client(data: dict[str, Any]) -> dict[str, Any]:
    own = [each for each in data["claims"] if each["source"] != "client"]
    known = {each["id"] for each in own}
    failures = [each for each in data["failures"] if each["claim"] in known]
    return {**data, "client": None, "claims": own, "failures": failures}


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    """What programs go by, with names instead of places in lists."""
    return {
        **{key: _bare(value) for key, value in data.items()},
        "claims": {each["id"]: _bare(each) for each in data["claims"]},
        "responses": {f"{each['operation']} {each['status']}": _bare(each) for each in data["responses"]},
        "failures": dict(Counter(f"{each['claim']} in exchange {each['exchange']}" for each in data["failures"])),
        "versions": None,
    }


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in _WORDS}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _differing(at: str, told: Any, shown: Any) -> Iterator[str]:
    if isinstance(told, dict) and isinstance(shown, dict):
        for key in dict.fromkeys((*told, *shown)):
            yield from _differing(f"{at}, {key}" if at else key, told.get(key), shown.get(key))
    elif told != shown:
        yield f"{at}: the results say {_quoted(told)}, the recording shows {_quoted(shown)}"


def _quoted(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
