"""`needs` in a target file: what cannot be right is told before anything is sent."""

from collections.abc import Callable

import pytest

from assay.claims import Ledger
from assay.errors import UserError
from assay.plan.steps import Plan
from selftests.chains import shelf

BOOK = '[states."addBook 201"]\nbody = { title = "Emma" }\n'
CIRCLE = """[states."lend 201"]
needs = { a = "replaceBook 200" }
[states."replaceBook 200"]
needs = { b = "lend 201" }
"""
Planned = Callable[..., Plan]


@pytest.mark.parametrize(
    ("states", "line", "what", "todo"),
    [
        (
            '[states."readBook 200"]\nneeds = { it = "addBok 201" }', 6,
            "'readBook 200' needs 'addBok 201', which is neither a state nor a documented response",
            "did you mean 'addBook 201'?",
        ),
        (
            '[states."readBook 200"]\nneeds = { it = "addBook 409" }', 6,
            "'readBook 200' needs 'addBook 409', which leaves nothing behind that could be used",
            "name a 2xx that comes without setup, command, burst or poll",
        ),
        (
            f'{BOOK}burst = 3\n[states."readBook 200"]\nneeds = {{ it = "addBook 201" }}', 9,
            "'readBook 200' needs 'addBook 201', which leaves nothing behind that could be used",
            "name a 2xx that comes without setup, command, burst or poll",
        ),
        (
            '[states."readBook 200"]\npath = { book = "{addBook.code}" }', 5,
            "{addBook.code}: 'readBook 200' needs nothing that it calls 'addBook'",
            'say where it comes from: needs = { addBook = "…" }',
        ),
        (
            '[states."readBook 200"]\nneeds = { novel = "addBook 201" }\npath = { book = "{nofel.code}" }', 5,
            "{nofel.code}: 'readBook 200' needs nothing that it calls 'nofel'",
            "did you mean 'novel'?",
        ),
        (
            '[states."readBook 200"]\nneeds = { it = "addBook 201" }\npath = { book = "{it.$response.bdy}" }', 5,
            "'$response.bdy' is no expression",
            "for example {it.id} or {it.$response.header.ETag}",
        ),
        (
            CIRCLE,
            6,
            "states need one another in a circle: lend 201 → replaceBook 200 → lend 201",
            "let one of them need nothing",
        ),
        (
            '[states."readBook 200"]\nneeds = { setup = "addBook 201" }', 6,
            "/states/readBook 200/needs: ",
            "a name of letters, digits, _ and -, other than `setup` and `port`",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    states: str, line: int, what: str, todo: str, planned: Planned, document: Ledger
) -> None:
    with pytest.raises(UserError) as caught:
        planned(document, states)
    assert what in str(caught.value)
    assert todo in str(caught.value)
    assert caught.value.where.rpartition(":")[2] == str(line)


def test_what_only_looks_like_a_placeholder_in_a_body_is_sent_as_it_is(planned: Planned, document: Ledger) -> None:
    states = '[states."addBook 201"]\nbody = { title = "Dear {user.name}" }'
    step = next(each for each in planned(document, states).steps if each.id == "addBook 201")
    assert step.call.body == {"title": "Dear {user.name}"}


def test_a_read_that_needs_a_write_is_no_step_without_leave(planned: Planned, document: Ledger) -> None:
    states = f'{BOOK}[states."readBook 200"]\nneeds = {{ it = "addBook 201" }}\npath = {{ book = "{{it.code}}" }}'
    told = {
        f"{each.operation} {each.status}": each.reason for each in planned(document, states, writes=False).unplanned
    }
    assert told["readBook 200"] == "it needs 'addBook 201', and POST changes things: --allow-writes"


def test_where_no_link_gives_the_value_that_is_said(planned: Planned, of: Callable[[str], Ledger]) -> None:
    states = f'{BOOK}[states."readBook 200"]\nneeds = {{ it = "addBook 201" }}'
    told = {
        f"{each.operation} {each.status}": each.reason
        for each in planned(of(shelf.document(links="")), states).unplanned
    }
    assert told["readBook 200"] == "the state gives no path value for 'book'"
