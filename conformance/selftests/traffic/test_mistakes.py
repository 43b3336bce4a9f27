"""Files that are no HAR, or a broken one: what is wrong, and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.errors import UserError
from assay.recording import har
from selftests.traffic.conftest import archive, entry

NO_TEXT: Any = []


def told(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "a.har"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError) as error:
        har.load(path)
    return str(error.value).replace(f"{tmp_path}/", "")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"b\.har: there is no such file"):
        har.load(tmp_path / "b.har")


def test_what_is_no_json_is_told_with_its_line(tmp_path: Path) -> None:
    assert told(tmp_path, '{"log":\n{"entries": [}}').startswith("a.har:2: this is no HAR: Expecting value")
    assert told(tmp_path, b"\xff\xfe").startswith("a.har: cannot be read as a HAR")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "a.har: the file: the value is not of type"),
        ({}, 'a.har: the file: "log" is a required property'),
        ({"log": {}}, 'a.har: /log: "entries" is a required property'),
        ({"log": {"entries": [entry(), {}]}}, 'a.har: /log/entries/1: "startedDateTime" is a required'),
        (archive({**entry(), "request": {"method": "GET"}}), "a.har: /log/entries/0/request"),
        (archive({**entry(), "time": "50 ms"}), "a.har: /log/entries/0/time: the value is not of"),
        (archive({**entry(), "startedDateTime": "today"}), "startedDateTime is an ISO 8601 date and time"),
        (archive({**entry(), "startedDateTime": "2026-02-30T10:00Z"}), "/log/entries/0/startedDateTime: '2026-02-30"),
        (archive({**entry(), "startedDateTime": "9999-12-31T23:59:59-14:00"}), "'9999-12-31T23:59:59-14:00' is no"),
        (archive({**entry(), "startedDateTime": "0001-01-01T00:00:00+14:00"}), "'0001-01-01T00:00:00+14:00' is no"),
        (archive({**entry(), "time": 1e300}), "a.har: /log/entries/0/time: the value is greater"),
        (archive(entry(content={"text": "%", "encoding": "base64"})), "/log/entries/0/response/content/text: this"),
        (archive(entry(asked={"Authorization": "s3cr3t", "X": NO_TEXT})), "/log/entries/0/request/headers/1/value"),
    ],
    ids=["list", "empty", "no entries", "no start", "no url", "time", "start", "no such day", "too late", "too early",
         "too long", "base64", "header"],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(data: Any, words: str, tmp_path: Path) -> None:
    said = told(tmp_path, json.dumps(data))
    assert words in said
    assert "s3cr3t" not in said


@pytest.mark.parametrize("name", ["a.har", "A.HAR", "traffic.json"])
def test_a_har_is_known_by_its_name_or_its_beginning(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("\ufeff" + json.dumps(archive(entry()), indent=2), encoding="utf-8")
    assert har.is_archive(tmp_path / name)
    assert len(har.load(tmp_path / name).entries) == 1


def test_a_recording_is_no_har(tmp_path: Path) -> None:
    (tmp_path / "recording.jsonl").write_text('{"format": "assay-recording/1"}\n')
    assert not har.is_archive(tmp_path / "recording.jsonl")
    assert not har.is_archive(tmp_path / "nothing.jsonl")


@pytest.mark.parametrize(
    "changes",
    [
        {"log": {"entries": [{**entry(), "time": None, "timings": {}, "cache": {}}]}},
        {"log": {"entries": [entry(response={"headers": None, "content": None})], "creator": None}},
    ],
)
def test_what_exporters_leave_out_is_no_mistake(changes: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(json.dumps(changes))
    assert har.load(tmp_path / "a.har").creator == ""


def test_several_cookies_in_one_header_are_several(recorded: Callable[..., Any]) -> None:
    (exchange,) = recorded(entry(headers={"set-cookie": "a=1\nb=2", ":status": "200"})).exchanges
    assert exchange.reply.headers == (("set-cookie", "a=«redacted»"), ("set-cookie", "b=«redacted»"))
