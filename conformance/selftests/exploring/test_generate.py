"""What is generated: the same from the same seed, valid and invalid, and with the credential that it is given."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from assay.claims import Ledger
from assay.plan.calls import Call, wire
from assay.recording.exchange import Request
from assay.run.explore import Stopped
from assay.run.generating import generate
from assay.run.shrinking import sendable
from assay.target import Credential
from selftests import unmeasured

OPERATIONS = ["listItems", "addItem", "getItem", "removeItem", "GET /topics", "borrow", "getLoan"]


def _requests(known: Ledger, base: Call, *resources: Call, seed: int = 1, examples: int = 100) -> list[Request]:
    calls = generate(known.contract, base.operation, resources, base, seed=seed, examples=examples)
    return [wire(call, "http://x") for call in calls]


class TestTheSameSeedGivesTheSameRequests:
    PRINTED = """
import sys
from pathlib import Path
from assay import contract
from assay.plan.calls import Call, wire
from assay.run.generating import generate
for name in sys.argv[2:]:
    __import__(name)
loaded = contract.load(Path(sys.argv[1]))
for operation in loaded.operations:
    base = Call(operation, {"number": 1, "id": "1"}, {}, {})
    for call in generate(loaded, operation, [base], base, seed=7, examples=20):
        print(wire(call, ""), wire(call, "").body)
"""

    def _started(self, path: Path, hash_seed: str, folder: Path, *modules: str) -> subprocess.Popen[bytes]:
        inherited = os.environ.get("PYTHONPATH", "")
        environment = unmeasured.environment(
            PYTHONHASHSEED=hash_seed, PYTHONPATH=os.pathsep.join(filter(None, (str(folder), inherited)))
        )
        command = [sys.executable, "-c", self.PRINTED, str(path), *modules]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)

    def test_in_every_process_and_whatever_else_is_loaded(self, library_path: Path, tmp_path: Path) -> None:
        constants = "\n".join(f"c{index} = 'a constant of the user {index}', {10**9 + index}" for index in range(500))
        (tmp_path / "users_module.py").write_text(constants)
        processes = [self._started(library_path, str(hash_seed), tmp_path) for hash_seed in range(2)]
        processes.append(self._started(library_path, "2", tmp_path, "users_module"))
        printed, *others = [process.communicate()[0] for process in processes]
        assert printed.count(b"\n") > 100
        assert others == [printed, printed]

    def test_again_and_in_several_threads(self, library: Ledger, call_of: Callable[..., Call]) -> None:
        bases = [call_of(library, operation, number=1, id="1") for operation in OPERATIONS]
        alone = [_requests(library, base, examples=20) for base in bases]
        found: dict[int, list[Request]] = {}

        def run(index: int) -> None:
            found[index] = _requests(library, bases[index], examples=20)

        threads = [threading.Thread(target=run, args=(index,)) for index in range(len(bases))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [found[index] for index in range(len(bases))] == alone

    def test_and_another_seed_others(self, library: Ledger, call_of: Callable[..., Call]) -> None:
        base = call_of(library, "getLoan", id="1")
        assert _requests(library, base, seed=1) != _requests(library, base, seed=2)


@pytest.mark.parametrize("after", [0, 5, 60, 150])
def test_it_can_be_stopped_between_any_two_cases(after: int, library: Ledger, call_of: Callable[..., Call]) -> None:
    """In the coverage phase, and in both parts of fuzzing."""
    drawn = 0

    def going_on() -> None:
        nonlocal drawn
        if drawn == after:
            raise Stopped
        drawn += 1

    base = call_of(library, "addItem")
    with pytest.raises(Stopped):
        generate(library.contract, base.operation, [], base, seed=1, examples=200, drawn=going_on)
    assert drawn == after


def test_no_configuration_file_is_looked_for(
    things: Ledger, call_of: Callable[..., Call], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemathesis.toml").write_text("this is no TOML")
    monkeypatch.chdir(tmp_path)
    assert _requests(things, call_of(things, "listThings"), examples=10)


@pytest.mark.parametrize("examples", [0, 1, 30])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_never_more_than_asked_for(
    operation: str, examples: int, library: Ledger, call_of: Callable[..., Call]
) -> None:
    base = call_of(library, operation, number=1, id="1")
    assert len(_requests(library, base, examples=examples)) <= examples
    assert len(_requests(library, base, base, examples=examples)) <= examples


class TestValidAndInvalid:
    @pytest.mark.parametrize("seed", range(3))
    def test_path_values(self, seed: int, library: Ledger, call_of: Callable[..., Call]) -> None:
        requests = _requests(library, call_of(library, "getItem", number=1), seed=seed)
        names = [urlsplit(each.url).path.rpartition("/")[2] for each in requests]
        valid = [each.isdecimal() and int(each) >= 1 for each in names]
        assert 10 < sum(valid) < len(valid) - 10

    @pytest.mark.parametrize("seed", range(3))
    def test_bodies(self, seed: int, library: Ledger, call_of: Callable[..., Call]) -> None:
        def valid(request: Request) -> bool:
            try:
                body = json.loads(request.body)
            except ValueError:
                return False
            return isinstance(body, dict) and body.get("kind") in ("book", "film") and bool(body.get("title"))

        found = [valid(each) for each in _requests(library, call_of(library, "addItem"), seed=seed)]
        assert 20 < sum(found) < len(found) - 20

    def test_bodies_that_are_not_json(self, made: Callable[[str], Ledger], call_of: Callable[..., Call]) -> None:
        for media_type, schema in {
            "application/x-www-form-urlencoded": "{type: object, required: [a], properties: {a: {type: integer}}}",
            "text/plain": "{type: string}",
            "application/octet-stream": "{type: string, format: binary}",
            "application/vnd.x+json": "{type: ['null', integer]}",
        }.items():
            known = made(f"""\
openapi: 3.1.0
info: {{title: Bodies, version: 1.0.0}}
paths:
  /x:
    post:
      operationId: send
      requestBody: {{required: true, content: {{{media_type}: {{schema: {schema}}}}}}}
      responses: {{"200": {{description: OK}}}}
""")
            requests = _requests(known, call_of(known, "send"))
            with_body = [each for each in requests if each.body]
            assert len(with_body) > 3, media_type
            assert {dict(each.headers)["Content-Type"] for each in with_body} == {media_type}

    @pytest.mark.parametrize(
        ("media_type", "schema"),
        [
            ("application/x-unknown", "{type: object, required: [a], properties: {a: {type: integer}}}"),
            ("multipart/form-data", "{type: object, required: [a], properties: {a: {type: string}}}"),
            ("application/json", "{type: integer, minimum: 5, maximum: 3}"),
            ("application/json", "{type: string, pattern: '^(?=a)b$'}"),
        ],
    )
    def test_a_body_that_cannot_be_made_is_no_fault(
        self, media_type: str, schema: str, made: Callable[[str], Ledger], call_of: Callable[..., Call]
    ) -> None:
        known = made(f"""\
openapi: 3.1.0
info: {{title: Bodies, version: 1.0.0}}
paths:
  /x:
    post:
      operationId: send
      requestBody: {{required: true, content: {{{media_type}: {{schema: {schema}}}}}}}
      responses: {{"200": {{description: OK}}}}
""")
        for request in _requests(known, call_of(known, "send"), examples=20):
            assert not request.body or "json" in media_type

    def test_an_operation_with_nothing_to_vary_is_sent_as_it_is(
        self, library: Ledger, call_of: Callable[..., Call]
    ) -> None:
        base = call_of(library, "GET /topics")
        assert _requests(library, base) == [wire(base, "http://x")]
        assert _requests(library, base, base) == [wire(base, "http://x")] * 100


LARGE = {"2147483648", "9223372036854775808"}
UUIDS = {"00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF"}


class TestWhatServersForget:
    @pytest.mark.parametrize("place", ["path", "query"])
    @pytest.mark.parametrize(
        ("schema", "forgotten"),
        [
            ("{type: integer}", LARGE),
            ("{type: [integer, 'null'], maximum: 9}", LARGE),
            ("{anyOf: [{type: integer}, {type: 'null'}]}", LARGE),
            ("{type: string, format: uuid}", UUIDS),
            ("{anyOf: [{type: string, format: uuid}, {type: 'null'}]}", UUIDS),
        ],
    )
    def test_is_sent_in_every_place(
        self, place: str, schema: str, forgotten: set[str], made: Callable[[str], Ledger], call_of: Callable[..., Call]
    ) -> None:
        known = made(f"""\
openapi: 3.1.0
info: {{title: Numbers, version: 1.0.0}}
paths:
  /x/{{number}}:
    get:
      operationId: get
      parameters:
        - {{name: number, in: path, required: true, schema: {schema if place == "path" else "{type: string}"}}}
        - {{name: number, in: query, schema: {schema if place == "query" else "{type: string}"}}}
      responses: {{"200": {{description: OK}}}}
""")
        for seed in range(3):
            requests = _requests(known, call_of(known, "get", number="1"), seed=seed, examples=10)
            sent = [each.url.removeprefix("http://x/x/").partition("?") for each in requests]
            numbers = {path if place == "path" else query.removeprefix("number=") for path, _, query in sent}
            assert forgotten <= numbers


class TestKnownResources:
    def test_half_of_the_requests_read_them_in_turn(
        self, things: Ledger, call_of: Callable[..., Call], good: str
    ) -> None:
        one, two = call_of(things, "getThing", id=good), call_of(things, "getThing", id=good.replace("7", "8"))
        requests = _requests(things, one, one, two)
        counts = [requests.count(wire(each, "http://x")) for each in (one, two)]
        assert sum(counts) >= 50
        assert abs(counts[0] - counts[1]) <= 1

    def test_reads_and_generated_requests_take_turns(
        self, things: Ledger, call_of: Callable[..., Call], good: str
    ) -> None:
        base = call_of(things, "getThing", id=good)
        requests = _requests(things, base, base)
        assert 3 <= requests[:10].count(wire(base, "http://x")) <= 7

    def test_their_paths_are_lent_to_requests_with_other_values(
        self, made: Callable[[str], Ledger], call_of: Callable[..., Call], key: Credential
    ) -> None:
        known = made("""\
openapi: 3.1.0
info: {title: Parts, version: 1.0.0}
security: [{key: []}]
paths:
  /things/{id}/parts:
    get:
      operationId: parts
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer}}
      responses: {"200": {description: OK}}
components: {securitySchemes: {key: {type: http, scheme: bearer}}}
""")
        base = call_of(known, "parts", id="unknown")
        other = Credential("other", bearer="the-key-of-somebody-else")
        resource = evolve(base, path={"id": "mine"}, credential=other)
        calls = generate(known.contract, base.operation, [resource], base, seed=1, examples=100)
        lent = [each for each in calls if each.path == resource.path and each.query]
        assert len(lent) >= 3
        for call in calls:
            assert call.credential == (other if call.path == resource.path else key)

    def test_nothing_that_exists_is_removed(self, things: Ledger, call_of: Callable[..., Call], good: str) -> None:
        base = call_of(things, "removeThing", id=good)
        assert wire(base, "http://x") not in _requests(things, base, base)


class TestWhatIsLeftOut:
    def test_another_credential(self, things: Ledger, call_of: Callable[..., Call], key: Credential) -> None:
        for request in _requests(things, call_of(things, "listThings")):
            sent = [value for name, value in request.headers if name.lower() == "authorization"]
            assert sent == [f"Bearer {key.bearer}"]

    @pytest.mark.parametrize("place", ["header", "query", "cookie"])
    def test_another_api_key(self, place: str, made: Callable[[str], Ledger], call_of: Callable[..., Call]) -> None:
        """Even where the document names the key once more, as a parameter."""
        known = made(f"""\
openapi: 3.1.0
info: {{title: Keys, version: 1.0.0}}
security: [{{key: []}}]
paths:
  /x:
    get:
      operationId: get
      parameters:
        - {{name: Api-Key, in: {place}, required: true, schema: {{type: string, minLength: 5}}}}
        - {{name: other, in: {place}, schema: {{type: string, minLength: 5}}}}
      responses: {{"200": {{description: OK}}}}
components: {{securitySchemes: {{key: {{type: apiKey, in: {place}, name: Api-Key}}}}}}
""")
        base = evolve(call_of(known, "get"), credential=Credential("default", api_key="mine-and-no-other"))
        requests = _requests(known, base)
        assert len(requests) > 10
        for request in requests:
            text = f"{request.url} {request.headers}"
            assert text.lower().count("api-key") == 1
            assert "mine-and-no-other" in text

    def test_headers_that_http_cannot_carry(self, things: Ledger, call_of: Callable[..., Call]) -> None:
        for request in _requests(things, call_of(things, "listThings")):
            for name, value in request.headers:
                assert f"{name}{value}".isascii()
                assert value == value.strip()

    def test_other_methods_and_paths_for_routers_to_stumble_over(
        self, made: Callable[[str], Ledger], call_of: Callable[..., Call]
    ) -> None:
        known = made("""\
openapi: 3.1.0
info: {title: Names, version: 1.0.0}
paths:
  /x/{name}:
    get:
      operationId: get
      parameters: [{name: name, in: path, required: true, schema: {enum: ["..", ".", "a/b", "a\\\\b", "\\0", "fine"]}}]
      responses: {"200": {description: OK}}
""")
        requests = _requests(known, call_of(known, "get", name="fine"))
        paths = {urlsplit(each.url).path for each in requests}
        assert "/x/fine" in paths
        assert not paths & {"/x/..", "/x/.", "/x/%2E%2E", "/x/a%2Fb", "/x/a%5Cb", "/x/%00", "/x/"}
        assert {each.method for each in requests} == {"GET"}

    @pytest.mark.parametrize("changes", [
        {"path": {}},
        {"path": {"id": ""}},
        {"path": {"id": "x" * 2100}},
        {"headers": {"X-Long": "x" * 5000}},
        {"query": {"q": "\ud800"}},
        {"body": {1, 2}},
    ])  # fmt: skip
    def test_what_cannot_be_sent(self, changes: dict[str, Any], things: Ledger, call_of: Callable[..., Call]) -> None:
        call = call_of(things, "getThing", id="fine")
        assert sendable(call)
        assert not sendable(evolve(call, **changes))
