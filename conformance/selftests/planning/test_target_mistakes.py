"""Every mistake in a target file has its line, and the nearest name that would have been right."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import shapes
from assay.errors import UserError
from assay.target import target_file

Refused = Callable[..., UserError]


class TestFile:
    def test_it_has_to_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="there is no such target file") as caught:
            target_file.load(tmp_path / "none.toml")
        assert caught.value.where == str(tmp_path / "none.toml")

    def test_a_folder_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="cannot be read"):
            target_file.load(tmp_path)

    def test_it_is_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / "t.toml").write_bytes(b'name = "\xff"')
        with pytest.raises(UserError, match="cannot be read"):
            target_file.load(tmp_path / "t.toml")

    @pytest.mark.parametrize(
        ("text", "line", "what"),
        [
            ("\nx =\n", 4, "Invalid value"),
            ('x = "a', 3, "Illegal character '\\n'"),
            ("x = [1", 3, "Unclosed array"),
            ("[limits]\n[limits]\n", 4, "Cannot declare ('limits',) twice"),
            ("x = 1\nx = 2", 4, "Cannot overwrite a value"),
        ],
    )
    def test_what_is_no_toml_is_named_with_its_line(self, text: str, line: int, what: str, refused: Refused) -> None:
        error = refused(text + ("\n" if what.startswith("Illegal") else ""))
        assert error.where == f"target.toml:{line}"
        assert error.what == f"this is not valid TOML: {what}"

    def test_an_empty_one_lacks_a_name(self, refused: Refused) -> None:
        error = refused(head="")
        assert (error.where, error.what) == ("target.toml", 'the file: "name" is a required property')


class TestShape:
    @pytest.mark.parametrize(
        ("text", "line", "what", "todo"),
        [
            ("base_ulr = 1", 3, "unknown key 'base_ulr'", "did you mean 'base_url'?"),
            ("[limits]\n\nin_fligth = 3", 5, "unknown key 'in_fligth'", "did you mean 'in_flight'?"),
            ('[states."a 200"]\npaht = {}', 4, "unknown key 'paht'", "did you mean 'path'?"),
            ('[states."a/b 200"]\npaht = {}', 4, "unknown key 'paht'", "did you mean 'path'?"),
            ("[states.'a 200']\npaht = {}", 4, "unknown key 'paht'", "did you mean 'path'?"),
            ('[credentials.x]\ntoken = "a"', 4, "unknown key 'token'", "known here: bearer, basic, api_key"),
            ("[serve]\nport = 1", 4, "unknown key 'port'", "did you mean 'ports'?"),
        ],
    )
    def test_an_unknown_key_has_a_nearest_one(
        self, text: str, line: int, what: str, todo: str, refused: Refused
    ) -> None:
        error = refused(text)
        assert (error.where, error.what, error.todo) == (f"target.toml:{line}", what, todo)

    @pytest.mark.parametrize(
        ("text", "line", "todo"),
        [
            ("[credentials.x]", 3, "a credential has `bearer`, `basic = { username, password }` or `api_key`"),
            (
                '[limits]\n# rate = 5\nrate = "fast"',
                5,
                'rate = "20/s" or "300/m": requests a second or a minute, more than none',
            ),
            ('[hint]\nheader = "Prefer"', 4, 'header = "Name: value with {status}"'),
            ("[serve]\nports = []", 3, "[serve] has either `app` or `command`"),
            ('[serve]\napp = "a:b"\ncommand = ["c"]', 3, "[serve] has either `app` or `command`"),
            ('[serve]\napp = "a.py"', 4, 'app = "package.module:name", an ASGI application or a factory of one'),
            (
                '[waivers."getJob/451/*"]\nreason = "r"\nowner = "o"\nuntil = "soon"',
                6,
                "until = 2027-01-31, a date: its last day, in UTC",
            ),
            (
                '[states."a 200"]\npoll = { every = 1 }',
                4,
                (
                    "poll = { every = SECONDS, within = SECONDS } promises a terminal state; "
                    "`watch` in place of `within` only observes"
                ),
            ),
        ],
    )
    def test_a_wrong_value_is_told_what_is_right(self, text: str, line: int, todo: str, refused: Refused) -> None:
        error = refused(text)
        assert (error.where, error.todo) == (f"target.toml:{line}", todo)

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ('[states."a 200"]\nburst = 1', 4),
            ("[http]\ntimeout = 0", 4),
            ("[http]\ntimeout = inf", 4),
            ("[http]\ntimeout = {}", 4),
            ("[http]\ntimeout = { connect = 0 }", 4),
            ('[http]\nheaders = { "X Y" = "a" }', 4),
            ('[http]\nheaders = { X = "a\\nb" }', 4),
            ("[http]\nheaders = { X = 1 }", 4),
            ('[http]\nca = ""', 4),
            ('[http]\nclient_certificate = { key = "k" }', 4),
            ('[http]\nproxy = "socks5://h:1"', 4),
            ('[http]\nproxy = "http://h:x"', 4),
            ('[http]\nedge = { value = "x" }', 4),
            ('[http]\nedge = { header = "X", vlue = "x" }', 4),
            ('[http]\nprobes = "no"', 4),
            ("[credentials.x]\nbearer = {}", 4),
            ("[credentials.x]\nbearer = { command = [] }", 4),
            ("[credentials.x]\napi_key = {}", 4),
            ("[credentials.x]\napi_key = { a = 1 }", 4),
            ('[credentials.x]\nbasic = { username = "me" }', 4),
            ("[serve]\ncommand = []", 4),
            ('[serve]\napp = "a:b"\nready = "healthz"', 5),
            ('[serve]\napp = "a:b"\nenv = { A = 1 }', 5),
            ('[serve]\napp = "a:b"\nports = [1]', 5),
            ('[limits]\nrate = "0/s"', 4),
            ("[limits]\nrate = 5", 4),
            ("build = 5", 3),
            ("build = { header = 5 }", 3),
            ('[states."a 200"]\ncommand = "run"', 4),
            ('[states."a 200"]\nsetup = { url = "http://h" }', 4),
            ('[states."a 200"]\nsetup = { url = "h", state = "x" }', 4),
            ('[states."a 200"]\nheaders = { A = 1 }', 4),
            ('[states."a 200"]\npoll = { every = 1, within = 2, watch = 3 }', 4),
            ('[states."a 200"]\ncost = 5', 4),
            ('[states."a 200"]\nburst = 30\npoll = { every = 1, watch = 3 }', 3),
            ('[states."a 200"]\ncommand = ["c"]\nsetup = { url = "http://h", state = "x" }', 3),
            ('[states."a 200"]\nhint = "x"', 4),
            ('[hint]\nheader = "Prefer: code=200"', 4),
            ('[waivers."a/b"]\nreason = "r"\nowner = ""\nuntil = 2027-01-31', 5),
            ("[limits]\nin_flight = 0", 4),
            ("[levels]\nhttp = 'may'", 4),
            ('[states."a 200"]\n[states."a 200 x"]\nburst = 1', 5),
            ('[waivers."a/b"]\nreason = "r"\nowner = "o"', 3),
            ('[waivers."a/b"]\nreason = "r"\nowner = "o"\nuntil = 2027-01-31T00:00:00Z', 6),
            ('[excluded."a 200"]\nreason = ""\nowner = "o"', 4),
        ],
    )
    def test_each_has_its_line(self, text: str, line: int, refused: Refused) -> None:
        assert refused(text).where == f"target.toml:{line}"


class TestServer:
    def test_there_has_to_be_one(self, refused: Refused) -> None:
        error = refused(head='name = "x"\n')
        assert error.what == "there is neither `base_url` nor [serve]"

    @pytest.mark.parametrize(
        "url", ["http://[", "http://h:99999", "http://h:x", "http://h?a=1", "http://h/#a", "http://h h", "http://:80"]
    )
    def test_its_url_is_one(self, url: str, refused: Refused) -> None:
        error = refused(head=f'name = "x"\nbase_url = "{url}"\n')
        assert (error.where, error.what) == ("target.toml:2", f"{url!r} is no URL of a server")

    @pytest.mark.parametrize("url", ["ftp://h", "h", "//h", "", "http://"])
    def test_so_is_that_of_an_argument(self, url: str) -> None:
        with pytest.raises(UserError):
            target_file.from_url(url)


class TestState:
    @pytest.mark.parametrize(
        "name", ["getJob", "getJob 600", "getJob 20", "getJob 4xx", "200", "getJob-200", "getJob 200 "]
    )
    def test_its_name_has_an_operation_and_a_status(self, name: str, refused: Refused) -> None:
        error = refused(f'[states."getJob 200"]\n[states."{name}"]')
        assert (error.where, error.what) == ("target.toml:4", f"the state {name!r} names no response")
        assert '"getJob 402"' in error.todo


class TestEnvironment:
    @pytest.fixture(autouse=True)
    def _environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("KEY", raising=False)
        monkeypatch.setenv("EMPTY", "")
        monkeypatch.setenv("LINES", "one\ntwo")
        monkeypatch.setenv("BYTES", "secret-\udcff")

    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("KEY", "the environment variable KEY is not set"),
            ("EMPTY", "the environment variable EMPTY is empty"),
            ("LINES", "the environment variable LINES is not one line of text"),
            ("BYTES", "the environment variable BYTES is not one line of text"),
        ],
    )
    def test_a_variable_that_cannot_be_used_is_named(self, name: str, what: str, refused: Refused) -> None:
        error = refused(f'\n[credentials.default]\nbearer = {{ env = "{name}" }}')
        assert (error.where, error.what) == ("target.toml:5", what)

    def test_it_says_how_to_set_it(self, refused: Refused) -> None:
        assert refused('build = { env = "KEY" }').todo == "export KEY=…"

    def test_it_is_found_in_a_list(self, refused: Refused) -> None:
        assert refused('[states."a 200"]\ncommand = ["run", { env = "KEY" }]').where == "target.toml:4"


class TestPorts:
    def test_one_that_is_not_announced_is_named(self, refused: Refused) -> None:
        error = refused(
            '[serve]\napp = "a:b"\nports = ["control"]\n[states."a 409"]\n'
            'setup = { url = "http://h:{port.contrl}/", state = "x" }'
        )
        assert (error.where, error.what) == ("target.toml:7", "there is no port 'contrl' in `ports` of [serve]")
        assert error.todo == "did you mean 'control'?"

    def test_without_a_server_of_its_own_there_are_none(self, refused: Refused) -> None:
        error = refused('[states."a 409"]\ncommand = ["run", "{port.http}"]')
        assert (error.where, error.todo) == ("target.toml:4", "remove it")


@pytest.mark.parametrize("rate", ["20/h", "fast", "0/s"])
def test_a_form_is_told_in_words_and_not_as_a_pattern(rate: str, refused: Refused) -> None:
    assert refused(f'[limits]\nrate = "{rate}"').what == "/limits/rate: the value does not match what is meant"


def test_a_name_is_known_once() -> None:
    assert shapes.suggest("zzz", ["a", "b", "a"]) == "known here: a, b"
