"""`assay check --dry-run`: what a run would do is printed, and nothing of it is done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selftests.chains import shelf
from selftests.chains.shelf import Shelf
from selftests.command.conftest import Said
from selftests.running import miniatures
from selftests.running.miniatures import Miniature

STATES = """
[states."getThing 200"]
path = { id = "one" }
[states."getThing 200 growing"]
setup = { url = "URL/states?key=hidden", state = "a thing grows" }
path = { id = "{setup.id}" }
poll = { every = 3, within = 2700 }
cost = "1 seed"
[states."getThing 409"]
command = ["./break", "KEY", { env = "PATH" }]
path = { id = "one" }
[states."getThing 429"]
burst = 30
"""


@pytest.fixture
def server(start: Any) -> Miniature:
    made: Miniature = start(miniatures.things)
    return made


@pytest.fixture
def said(assay: Any, things: Path, target: Callable[..., Path], server: Miniature, tmp_path: Path) -> Said:
    states = STATES.replace("URL", server.url).replace("KEY", miniatures.KEY)
    report = tmp_path / "report"
    (tmp_path / "break").touch(mode=0o755)
    given: Said = assay(
        "check", "--dry-run", "--spec", things, "--target", target(server.url, states), "--report", report
    )
    assert not report.exists()
    return given


def test_nothing_is_sent(said: Said, server: Miniature) -> None:
    assert (said.status, server.asked) == (0, []), said.all
    assert said.out.startswith(f"miniature at {server.url}: nothing is sent now\n")


def test_no_credential_is_shown(said: Said) -> None:
    assert "Authorization: Bearer «credential:default»" in said.out
    assert miniatures.KEY not in said.all
    assert "hidden" not in said.all


def test_each_request_has_its_method_and_url(said: Said, server: Miniature) -> None:
    assert f"\ngetThing 200  (fixture)\n  GET {server.url}/things/one\n" in said.out
    assert f"  GET {server.url}/things/{{setup.id}}\n" in said.out
    assert "\ngetThing 401  (derived)\n" in said.out
    assert "getThing/hygiene/method/DELETE: DELETE " in said.out


def test_setups_bursts_controls_polls_and_costs_are_told(said: Said, server: Miniature) -> None:
    assert f"  setup, and teardown after it: POST {server.url}/states: a thing grows\n" in said.out
    assert "/break «credential:default» $PATH\n" in said.out
    assert "  control, before: the same\n" in said.out
    assert ", 30 at once\n" in said.out
    assert "  again every 3 s, for 2700 s at most\n  costs 1 seed\n" in said.out


def test_the_end_has_costs_writes_and_the_longest_wait(said: Said) -> None:
    end = said.out.partition("\nin all:\n")[2]
    assert "  costs: 1 seed (getThing 200 growing)\n" in end
    assert "  the longest wait: 2700 s, getThing 200 growing\n" in end
    assert "  requests that may change things: 1 DELETE, 1 PATCH, 1 POST, 1 PUT\n" in end
    assert "  at most 100 generated requests each of getThing" in end


def test_what_cannot_be_had_is_told(said: Said) -> None:
    assert "\nnot planned:\n  getThing 503: no state of the target gives it" in said.out


def test_a_target_that_assay_would_start_is_not(assay: Any, things: Path, tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text('name = "t"\n[serve]\ncommand = ["touch", "started"]\n')
    said = assay("check", "--dry-run", "--spec", things, "--target", tmp_path / "target.toml")
    assert said.status == 0, said.all
    assert ", which assay would start: nothing is sent now\n" in said.out
    assert not (tmp_path / "started").exists()


def test_a_waiver_that_names_no_claim_is_told(
    assay: Any, things: Path, target: Callable[..., Path], server: Miniature
) -> None:
    rest = ['reason = "x"', 'owner = "y"', "until = 2999-01-31", ""]
    waived = ['[waivers."getThing/409/*"]', *rest, '[waivers."getThing/418/*"]', *rest]
    said = assay("check", "--dry-run", "--spec", things, "--target", target(server.url, "\n".join(waived)))
    assert said.status == 0, said.all
    assert said.out.count("names no claim") == 1
    assert "to be mended in the target file:\n  the waiver 'getThing/418/*' names no claim: did you mean" in said.out


def test_a_token_is_not_asked_for(assay: Any, things: Path, tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text(
        'name = "t"\nbase_url = "http://t.example"\n[credentials.default]\nbearer = { command = ["touch", "asked"] }\n'
        '[states."getThing 200"]\npath = { id = "one" }\n'
    )
    said = assay("check", "--dry-run", "--spec", things, "--target", tmp_path / "target.toml")
    assert "Authorization: Bearer «credential:default»" in said.out
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    ("mistake", "what"),
    [
        ('[states."getThing 200"]\npath = { od = "one" }', "getThing has no path parameter 'od'"),
        ('[states."getThing 200"]\nneeds = { it = "getThing 200" }', "states need one another in a circle"),
        ("[stats]", "unknown key 'stats'"),
    ],
)
def test_a_mistake_ends_2(
    mistake: str, what: str, assay: Any, things: Path, target: Callable[..., Path], server: Miniature
) -> None:
    said = assay("check", "--dry-run", "--spec", things, "--target", target(server.url, mistake))
    assert said.status == 2
    assert what in said.err
    assert said.out == ""


class TestOfWrites:
    @pytest.fixture
    def told(self, assay: Any, tmp_path: Path) -> Callable[..., Said]:
        def dry(*arguments: str) -> Said:
            (tmp_path / "shelf.yaml").write_text(shelf.document())
            (tmp_path / "target.toml").write_text(
                f'name = "shelf"\nbase_url = "http://shelf.example"\n[credentials.default]\nbearer = "{shelf.KEY}"\n'
            )
            files = "--spec", tmp_path / "shelf.yaml", "--target", tmp_path / "target.toml"
            said: Said = assay("check", "--dry-run", *files, *arguments)
            return said

        return dry

    def test_what_is_needed_is_told(self, told: Callable[..., Said]) -> None:
        said = told("--allow-writes", "--examples", "0")
        assert "\nreadBook 200  (tried)\n  needs addBook 201 as 'made'\n" in said.out
        gone = ", and readBook is asked once whether it is gone"
        assert f"  what addBook 201 makes is removed by removeBook{gone}\n" in said.out
        assert "\nremoveBook 204  (tried)\n  needs addBook 201 as 'made', one of its own\n" in said.out
        assert "  GET http://shelf.example/books/{made.$response.body#/code}\n" in said.out
        assert '  {"title": "Emma", "pages": 474}\n' in said.out

    def test_what_is_written_is_counted_as_it_comes(
        self, told: Callable[..., Said], start: Any, assay: Any, tmp_path: Path
    ) -> None:
        """As many requests of each kind as are sent, but for those that remove what was made."""
        said = told("--allow-writes", "--examples", "0")
        server = start(Shelf())
        target = tmp_path / "target.toml"
        target.write_text(target.read_text().replace("http://shelf.example", server.url))
        assay("check", "--spec", tmp_path / "shelf.yaml", "--target", target, "--allow-writes", "--examples", "0")
        sent = [each.method for each in server.asked]
        line = said.out.partition("change things: ")[2].partition("\n")[0]
        counted = {method: int(number) for number, _, method in (each.partition(" ") for each in line.split(", "))}
        writes = ("POST", "PUT", "PATCH")
        assert {each: counted[each] for each in writes} == {each: sent.count(each) for each in writes}

    def test_without_leave_there_are_none(self, told: Callable[..., Said]) -> None:
        said = told("--select", "readBook *")
        assert "  requests that may change things: none\n" in said.out
        assert "a part only: --select readBook *\n" in said.out
