"""Credentials of a target: in requests, and nowhere that anybody reads."""

from collections.abc import Callable

import pytest

from assay.errors import UserError
from assay.target import Target, target_file

Loaded = Callable[..., Target]
Refused = Callable[..., UserError]

SECRET = "sk_live_1234567"


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "secret"),
        [
            (f'bearer = "{SECRET}"', SECRET),
            (f'api_key = "{SECRET}"', SECRET),
            (f'basic = {{ username = "me", password = "{SECRET}" }}', SECRET),
            (f'basic = {{ username = "{SECRET}", password = "" }}', SECRET),
        ],
    )
    def test_each_is_known_as_a_secret(self, kind: str, secret: str, loaded: Loaded) -> None:
        assert loaded(f"[credentials.default]\n{kind}").secrets == {"default": secret}

    def test_several_kinds_have_several_names(self, loaded: Loaded) -> None:
        made = loaded(
            '[credentials.a]\nbearer = "one-secret"\napi_key = "two-secret"\nbasic = { username = "u", password = "p" }'
        )
        assert made.secrets == {"a": "one-secret", "a.2": "p", "a.3": "two-secret"}

    def test_none_is_lost_where_names_meet(self, loaded: Loaded) -> None:
        text = (
            '[credentials.a]\nbearer = "one-secret"\napi_key = "two-secret"\n[credentials."a.2"]\nbearer = "3-secret"'
        )
        assert sorted(loaded(text).secrets.values()) == ["3-secret", "one-secret", "two-secret"]


class TestHeadersOfAState:
    @pytest.mark.parametrize(
        ("name", "value", "secrets"),
        [
            ("Authorization", f"Bearer {SECRET}", {SECRET}),
            ("X-Api-Key", SECRET, {SECRET}),
            ("x-auth-token", SECRET, {SECRET}),
            ("Cookie", f"a=1; session={SECRET}", {SECRET}),
            ("Authorization", "nothing", set()),
            ("X-Mode", "maintenance", set()),
        ],
    )
    def test_a_credential_there_is_a_secret(self, name: str, value: str, secrets: set[str], loaded: Loaded) -> None:
        made = loaded(f'[states."a 401"]\nheaders = {{ {name} = "{value}" }}')
        assert set(made.secrets.values()) == secrets

    def test_it_is_called_by_its_state(self, loaded: Loaded) -> None:
        assert loaded(f'[states."a 401"]\nheaders = {{ Authorization = "{SECRET}" }}').secrets == {"a 401": SECRET}


class TestUserinfo:
    URL = f"https://me%40home:{SECRET}%21@things.example:8443/api"

    def test_it_is_the_default_credential(self) -> None:
        default = target_file.from_url(self.URL).credentials["default"]
        assert (default.username, default.password) == ("me@home", f"{SECRET}!")

    def test_it_is_a_secret(self) -> None:
        assert target_file.from_url(self.URL).secrets == {"default": f"{SECRET}!"}
        assert target_file.from_url(f"https://{SECRET}@h").secrets == {"default": SECRET}

    def test_it_is_in_neither_name_nor_url(self) -> None:
        made = target_file.from_url(self.URL)
        assert (made.name, made.base_url) == ("things.example:8443", "https://things.example:8443/api")

    def test_a_credential_of_that_name_comes_first(self, loaded: Loaded) -> None:
        made = loaded('[credentials.default]\nbearer = "own-secret"', head=f'name = "x"\nbase_url = "{self.URL}"\n')
        assert made.secrets == {"default": "own-secret"}

    @pytest.mark.parametrize(
        "url",
        [
            f"ftp://me:{SECRET}@h",
            f"me:{SECRET}@h",
            f"http://me:{SECRET}@h:x",
            f"http://me:{SECRET}@[",
            f"http://me:a/{SECRET}@h",
        ],
    )
    def test_an_error_about_the_url_does_not_show_it(self, url: str) -> None:
        with pytest.raises(UserError) as caught:
            target_file.from_url(url)
        assert SECRET not in str(caught.value)
        assert caught.value.where == "--url"


FULL = f"""\
name = "x"
base_url = "https://me:{SECRET}@h"
[serve]
app = "a:b"
env = {{ PASSWORD = "{SECRET}" }}
[credentials.other]
bearer = "{SECRET}"
api_key = "{SECRET}"
basic = {{ username = "u", password = "{SECRET}" }}
[states."a 200"]
headers = {{ Authorization = "Bearer {SECRET}" }}
body = {{ password = "{SECRET}" }}
setup = {{ url = "http://h/", state = "x", params = {{ key = "{SECRET}" }} }}
"""


class TestRepr:
    def test_that_of_a_target_has_none(self, loaded: Loaded) -> None:
        assert SECRET not in repr(loaded(head=FULL))

    def test_that_of_a_state_and_of_a_server_has_none(self, loaded: Loaded) -> None:
        made = loaded(head=FULL)
        assert SECRET not in repr((made.states, made.serve))

    def test_that_of_a_credential_has_none(self, loaded: Loaded) -> None:
        made = loaded(head=FULL)
        assert set(made.credentials) == {"default", "other"}
        assert SECRET not in repr(made.credentials)


class TestErrors:
    @pytest.mark.parametrize(
        "text",
        [
            f'[credentials]\ndefault = "{SECRET}"',
            f'[credentials.default]\nbearer = ["{SECRET}"]',
            f'[credentials.default]\nbasic = "{SECRET}"',
            f'[credentials.default]\nbasic = {{ password = "{SECRET}" }}',
            f'[serve]\nenv = {{ PASSWORD = "{SECRET}" }}',
            f'[states."a 200"]\npoll = {{ every = "{SECRET}" }}',
            f'[limits]\nrate = "{SECRET}"',
        ],
    )
    def test_none_shows_a_value_in_the_wrong_place(self, text: str, refused: Refused) -> None:
        assert SECRET not in str(refused(text))

    @pytest.mark.parametrize(
        "text",
        [
            '[credentials]\ndefault = { env = "KEY" }',
            '[limits]\nrate = { env = "KEY" }',
            '[hint]\nheader = { env = "KEY" }',
        ],
    )
    def test_none_shows_what_came_from_the_environment(
        self, text: str, refused: Refused, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KEY", SECRET)
        assert SECRET not in str(refused(text))
