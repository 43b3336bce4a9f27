"""A recording's file: what is written is read back, a crash leaves something readable, damage is named."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from assay import pointer
from assay.errors import UserError
from assay.recording import (
    FORMAT,
    Exclusion,
    PlannedStep,
    Recorder,
    Recording,
    RunHeader,
    Unplanned,
    Waiver,
    Watch,
    load,
    save,
)
from assay.recording.exchange import Exchange, Redactor, Reply, Request

Made = Callable[..., Exchange]
Write = Callable[..., Path]

# a high surrogate before a low one is one character to JSON, and nothing that comes over HTTP is decoded to these two
_TEXT = st.text(st.characters(exclude_categories=[]) | st.just("\ud800")).filter(
    lambda text: text == json.loads(json.dumps(text))
)
_HEADERS = st.lists(st.tuples(_TEXT, _TEXT), max_size=3).map(tuple)
_SECONDS = st.floats(0, 1e6, allow_nan=False)
_EXCHANGES = st.builds(
    Exchange,
    id=st.integers(1),
    step=_TEXT,
    role=st.sampled_from(["state", "control", "poll", "probe", "explore", "shrink", "minimal"]),
    operation=_TEXT,
    due=st.sampled_from(["", "200", "4XX", "default"]),
    grade=st.sampled_from(["natural", "provoked", "hinted", "observed"]),
    sent=_SECONDS,
    received=_SECONDS,
    request=st.builds(Request, _TEXT, _TEXT, _HEADERS, st.binary()),
    reply=st.none() | st.builds(Reply, st.integers(100, 599), _HEADERS, st.binary()),
    fault=_TEXT,
)


@pytest.fixture(scope="session")
def full(header: RunHeader) -> RunHeader:
    """A header in which nothing is left empty."""
    return evolve(
        header,
        mock=True,
        strict=True,
        partial="--select x",
        steps=(PlannedStep("getThing 200", "getThing", "200", "setup", controlled=True, uncontrolled="no"),),
        unplanned=(Unplanned("getThing", "404", "none", "declare it"),),
        waivers=(Waiver("getThing/404/*", "why", "me", "2027-01-31", "https://issues.example/1"),),
        excluded=(Exclusion("getThing 409", "why", "me"),),
        watches=(Watch("getThing 200 live", 2.5, promised=True),),
        levels={"security": "should"},
        short_secrets=("default",),
    )


@pytest.fixture(scope="session")
def write(folder: Path, full: RunHeader) -> Write:
    """A file with these exchanges, complete unless it is `crashed`."""

    def make(*exchanges: Exchange, crashed: bool = False, interrupted: bool = False, build: str = "b1") -> Path:
        path = folder / "deep" / "recording.jsonl"
        with Recorder(path, full) as recorder:
            recorder.interrupted = interrupted
            recorder.saw_build(build)
            for exchange in exchanges:
                recorder.add(exchange)
            if not crashed:
                recorder.finish("2026-03-01T10:05:00Z")
        return path

    return make


@given(exchanges=st.lists(_EXCHANGES, max_size=3), interrupted=st.booleans(), build=_TEXT)
def test_what_is_written_is_read_back(
    exchanges: list[Exchange], interrupted: bool, build: str, write: Write, full: RunHeader
) -> None:
    """Whatever was exchanged, in any bytes: load(write(x)) == x."""
    path = write(*exchanges, interrupted=interrupted, build=build)
    finished = "2026-03-01T10:05:00Z"
    assert load(path) == Recording(
        full, tuple(exchanges), finished, complete=True, interrupted=interrupted, builds=(build,) if build else ()
    )


def test_what_finish_gives_is_what_is_read(header: RunHeader, made: Made, tmp_path: Path) -> None:
    with Recorder(tmp_path / "r.jsonl", header) as recorder:
        recorder.add(made())
        recording = recorder.finish("2026-03-01T10:05:00Z")
    assert load(tmp_path / "r.jsonl") == recording


def test_its_digest_is_that_of_the_file(header: RunHeader, made: Made, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with Recorder(path, header) as recorder:
        recorder.add(made(body={"a": "é"}))
        recording = recorder.finish("2026-03-01T10:05:00Z")
    written = hashlib.sha256(path.read_bytes()).hexdigest()
    assert [recording.digest, load(path).digest, save(recording, tmp_path / "again.jsonl").digest] == [written] * 3


def test_every_line_is_on_disk_before_the_next_request(header: RunHeader, made: Made, tmp_path: Path) -> None:
    with Recorder(tmp_path / "r.jsonl", header) as recorder:
        recorder.add(made(id=1))
        assert [each.id for each in load(tmp_path / "r.jsonl").exchanges] == [1]


def test_text_stays_readable_in_the_file(write: Write, made: Made) -> None:
    assert json.loads(write(made(body={"a": "é"})).read_text().splitlines()[1])["reply"]["text"] == '{"a": "\\u00e9"}'


def test_no_form_of_a_credential_is_in_the_file(write: Write, made: Made) -> None:
    secret = 'sk/live+7"q'
    said = json.dumps(secret).encode()
    exchange = made(body=said, asks=said, asked=(("Authorization", f"Bearer {secret}"),), url=f"http://h/{secret}")
    text = write(Redactor({"default": secret}).exchange(exchange)).read_text()
    assert secret not in text
    assert json.dumps(json.dumps(secret)[1:-1])[1:-1] not in text


def test_a_recorder_is_used_inside_its_block(header: RunHeader, made: Made, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="outside its with block"):
        Recorder(tmp_path / "r.jsonl", header).add(made())


class TestCrash:
    def test_what_was_recorded_until_then_is_read(self, write: Write, made: Made) -> None:
        assert [each.id for each in load(write(made(id=1), made(id=2), crashed=True)).exchanges] == [1, 2]

    def test_it_is_not_complete(self, write: Write, made: Made, header: RunHeader) -> None:
        recording = load(write(made(), crashed=True))
        assert (recording.complete, recording.interrupted, recording.finished) == (False, False, header.started)

    def test_the_build_is_the_one_that_the_target_file_says(self, full: RunHeader, tmp_path: Path) -> None:
        with Recorder(tmp_path / "r.jsonl", evolve(full, target={**full.target, "build": "b7"})):
            pass
        assert load(tmp_path / "r.jsonl").build == "b7"

    def test_an_error_inside_the_block_leaves_no_footer(self, full: RunHeader, tmp_path: Path) -> None:
        with pytest.raises(ZeroDivisionError), Recorder(tmp_path / "r.jsonl", full):
            raise ZeroDivisionError
        assert not load(tmp_path / "r.jsonl").complete


def test_a_file_cut_anywhere_is_an_error_or_incomplete(write: Write, made: Made, tmp_path: Path) -> None:
    content = write(made(id=1, body=b"\xff\x00")).read_bytes()
    cut = tmp_path / "cut.jsonl"
    outcomes: set[bool | str] = set()
    for length in (0, 1, 2, *range(content.index(b"\n") - 2, len(content))):
        cut.write_bytes(content[:length])
        try:
            outcomes.add(load(cut).complete)
        except UserError as error:
            outcomes.add(error.where)
    assert outcomes == {False, f"{cut}:1"}


def test_a_line_that_is_missing_makes_it_incomplete(write: Write, made: Made) -> None:
    path = write(made(id=1), made(id=2))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]))
    assert not load(path).complete


def _leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield at
    for key, each in inner:
        yield from _leaves(each, (*at, str(key)))


class TestDamage:
    def _refused(self, path: Path) -> UserError:
        with pytest.raises(UserError) as caught:
            load(path)
        return caught.value

    def _changed(self, path: Path, number: int, change: Callable[[dict[str, Any]], object]) -> UserError:
        lines = path.read_text().splitlines()
        value = json.loads(lines[number - 1])
        change(value)
        lines[number - 1] = json.dumps(value)
        path.write_text("\n".join([*lines, ""]))
        return self._refused(path)

    @pytest.mark.parametrize("line", ["not JSON", "[" * 100_000, "NULL", "5", "[]", '{"a": 1'])
    def test_a_line_of_something_else_is_named(self, line: str, write: Write, made: Made) -> None:
        path = write(made())
        lines = path.read_text().splitlines()
        path.write_text("\n".join([*lines[:1], line, *lines[1:], ""]))
        assert self._refused(path).where == f"{path}:2"

    @pytest.mark.parametrize("name", ["id", "sent", "request", "reply", "grade"])
    def test_an_exchange_that_lacks_something_is_named(self, name: str, write: Write, made: Made) -> None:
        path = write(made(), made())
        error = self._changed(path, 3, lambda value: value.pop(name))
        assert error.where == f"{path}:3"
        assert name in error.what

    @pytest.mark.parametrize(
        "change",
        [
            {"sent": "soon"}, {"received": None}, {"request": []}, {"reply": {}}, {"reply": {"status": 1e999}},
            {"reply": {"status": "x"}}, {"request": {"method": "GET", "url": "u", "headers": [1]}}, {"more": 1},
            {"request": {"method": "GET", "url": "u", "headers": [], "base64": "a"}},
        ],
    )  # fmt: skip
    def test_an_exchange_that_is_wrong_is_named(self, change: dict[str, Any], write: Write, made: Made) -> None:
        path = write(made())
        assert self._changed(path, 2, lambda value: value.update(change)).where == f"{path}:2"

    @pytest.mark.parametrize("change", [{"seed": 1, "steps": 5}, {"waivers": [{}]}, {"steps": [1]}, {"unknown": 1}])
    def test_a_header_that_is_wrong_is_named(self, change: dict[str, Any], write: Write) -> None:
        path = write()
        assert self._changed(path, 1, lambda value: value.update(change)).where == f"{path}:1"

    @pytest.mark.parametrize("footer", [{}, None, [], {"finished": "x"}])
    def test_a_footer_that_is_wrong_is_named(self, footer: Any, write: Write) -> None:
        path = write()
        assert self._changed(path, 2, lambda value: value.update(footer=footer)).where == f"{path}:2"

    def test_whatever_is_of_another_type_is_named(self, write: Write, made: Made) -> None:
        """Each value of each line, one after the other."""
        lines = write(made(asked=(("A", "b"),), body={"id": 1})).read_text().splitlines()
        path = write().with_name("changed.jsonl")
        changes = [(number, at) for number, line in enumerate(lines, 1) for at in _leaves(json.loads(line))]
        assert len(changes) > 50
        for number, at in changes:
            value = json.loads(lines[number - 1])
            parent = pointer.follow(value, at[:-1])
            key = int(at[-1]) if isinstance(parent, list) else at[-1]
            parent[key] = 5 if isinstance(parent[key], str) else "5"
            changed = [*lines[: number - 1], json.dumps(value), *lines[number:], ""]
            path.write_text("\n".join(changed))
            assert self._refused(path).where == f"{path}:{number}", at

    @pytest.mark.parametrize(
        ("number", "change"),
        [
            (1, {"started": "yesterday"}),
            (1, {"target": {"base_url": "http://["}}),
            (1, {"waivers": [{"claim": "a", "reason": "b", "owner": "c", "until": "soon"}]}),
            (2, {"request": {"method": "GET", "url": "http://[", "headers": []}}),
            (2, {"sent": 1e300}),
            (2, {"received": 1e999}),
            (2, {"id": True}),
            (2, {"role": []}),
        ],
    )
    def test_and_what_is_no_moment_and_no_url(
        self, number: int, change: dict[str, Any], write: Write, made: Made
    ) -> None:
        path = write(made())
        assert self._changed(path, number, lambda value: value.update(change)).where == f"{path}:{number}"

    def test_a_footer_in_the_middle_is_named(self, write: Write, made: Made) -> None:
        path = write(made())
        path.write_text(path.read_text() + path.read_text())
        assert self._refused(path).where == f"{path}:3"


class TestNoRecording:
    def _refused(self, path: Path, content: bytes) -> UserError:
        path.write_bytes(content)
        with pytest.raises(UserError) as caught:
            load(path)
        return caught.value

    @pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b'{"log": {"version": "1.2"}}'])
    def test_another_file_is_none(self, content: bytes, tmp_path: Path) -> None:
        error = self._refused(tmp_path / "x", content)
        assert (error.what, error.where) == ("this is no recording of assay", f"{tmp_path / 'x'}:1")
        assert FORMAT in error.todo

    def test_another_version_is_named(self, tmp_path: Path) -> None:
        assert (
            self._refused(tmp_path / "x", b'{"format": "assay-recording/2"}\n').what
            == "this is of the format assay-recording/2"
        )

    def test_bytes_that_are_no_text_are_none(self, tmp_path: Path) -> None:
        assert self._refused(tmp_path / "x", b"\xff\xfe").what.startswith("cannot be read as a recording")

    def test_a_folder_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="cannot be read as a recording"):
            load(tmp_path)

    def test_a_file_has_to_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="there is no such recording"):
            load(tmp_path / "none")
