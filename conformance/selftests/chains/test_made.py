"""What another operation makes: read, changed, removed, with nothing but a URL, a key and leave to write."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from assay.claims import Ledger
from assay.plan.steps import Plan
from selftests.chains import shelf
from selftests.chains.conftest import Ran
from selftests.chains.shelf import Shelf
from selftests.running.miniatures import Answer, Asked, Behaviour, Miniature

Run = Callable[..., Ran]
Start = Callable[[Behaviour], Miniature]
LACKS = "the answer to addBook (201) has no '$response.body#/code'"
KEPT = "left at the server, unless what is removed may still be read: addBook 201 made it, DELETE /books/{book}"
MORE = "; so may be 2 more, which nobody looked for"
OTHER_KEY = "another-key-for-the-shelf"
OTHERS = f'[credentials.other]\nbearer = "{OTHER_KEY}"\n[states."addBook 201"]\ncredentials = "other"\n'
LENT = '409 application/json: {"error": "it is lent"}'


class TestByItself:
    @pytest.fixture
    def came(self, ran: Run) -> Ran:
        return ran(probes=True)

    def test_every_response_but_a_conflict_comes_about(self, came: Ran) -> None:
        rows = {f"{each.operation} {each.status}": each.verdict for each in came.verdicts.responses}
        assert {name for name, verdict in rows.items() if verdict != "held"} == {"removeBook 409"}

    def test_nobody_is_accused(self, came: Ran) -> None:
        assert came.violated == set()

    def test_what_was_made_is_gone_again(self, came: Ran) -> None:
        assert (came.shelf.books, came.shelf.loans, came.recording.left) == ({}, {}, ())

    def test_loans_are_given_back_before_their_books_are_removed(self, came: Ran) -> None:
        removed = came.sent("remove")
        assert removed
        assert [each.count("/") for each in removed] == sorted((each.count("/") for each in removed), reverse=True)

    def test_a_read_takes_what_the_planned_step_made(self, came: Ran) -> None:
        made = came.of("addBook 201")
        assert len(made) == 1
        code = made[0].reply.body if made[0].reply else b""
        read = came.of("readBook 200")[0]
        assert read.request.url.rpartition("/")[2].encode() in code

    def test_whatever_changes_something_has_a_book_of_its_own(self, came: Ran) -> None:
        changers = ("replaceBook 200", "replaceBook 400", "replaceBook 422", "removeBook 204", "lend 201")
        books = [came.of(step)[0].request.url.split("/books/")[1].partition("/")[0] for step in changers]
        assert len(set(books)) == len(changers)

    def test_no_two_have_the_same_title(self, came: Ran) -> None:
        bodies = [each.request.body for each in came.recording.exchanges if each.role == "make"]
        assert len(bodies) > 3
        titles = [each for each in bodies if each]
        assert len(set(titles)) == len(titles)


def test_the_same_seed_asks_the_same(ran: Run) -> None:
    first, second = ran(), ran()
    bodies = [sorted((each.step, each.request.body) for each in came.recording.exchanges) for came in (first, second)]
    assert bodies[0] == bodies[1]


def test_what_exploration_makes_is_removed_too(ran: Run) -> None:
    came = ran(examples=30)
    assert [each for each in came.recording.exchanges if each.role == "explore" and each.operation == "addBook"]
    assert (came.shelf.books, came.shelf.loans, came.recording.left) == ({}, {}, ())


def test_exploration_reads_what_was_made(ran: Run) -> None:
    came = ran(examples=20)
    explored = [each for each in came.recording.exchanges if (each.role, each.operation) == ("explore", "readBook")]
    assert any(each.reply and each.reply.status == 200 for each in explored)


def test_probes_are_of_what_was_made(ran: Run) -> None:
    came = ran(probes=True)
    asked = came.of("readBook/security/missing", "probe")
    read = came.of("readBook 200")
    assert [each.request.url for each in asked] == [read[0].request.url]


class TestWithoutLeaveToWrite:
    def test_nothing_is_made(self, ran: Run) -> None:
        came = ran(writes=False, probes=True, examples=10)
        assert {each.request.method for each in came.recording.exchanges if each.role != "probe"} == {"GET"}
        assert came.shelf.books == {}

    def test_it_is_said_what_would_be_made(self, planned: Callable[..., Plan], document: Ledger) -> None:
        todo = {f"{each.operation} {each.status}": each.todo for each in planned(document, writes=False).unplanned}
        assert todo["readBook 200"].endswith(
            "run with --allow-writes against a server that may change: addBook 201 makes one"
        )


class TestWhenItFails:
    def test_a_body_that_is_refused_accuses_nobody(self, ran: Run) -> None:
        came = ran(wrong="refuses")
        assert came.violated == set()
        assert came.verdict("addBook 201") == "not-exercised"
        assert "422" in came.reason("addBook 201")

    def test_what_needs_it_says_so(self, ran: Run) -> None:
        came = ran(wrong="refuses")
        assert came.verdict("readBook 200") == "not-exercised"
        assert came.reason("readBook 200").startswith("it needs 'addBook 201', which was answered 422")

    def test_an_answer_without_the_value_is_told_of(self, ran: Run) -> None:
        came = ran(wrong="no code")
        assert came.verdict("readBook 200") == "not-exercised"
        assert came.reason("readBook 200") == LACKS
        assert came.violated == {"addBook/201/body/required/code"}

    def test_what_cannot_be_named_stays_and_is_told_of(self, ran: Run) -> None:
        came = ran(wrong="no code")
        assert came.shelf.books
        assert came.recording.left == (
            f"left at the server: addBook 201 made it: {LACKS} ({len(came.shelf.books)} times)",
        )
        assert came.verdicts.header.notes == came.recording.left

    def test_what_is_not_let_go_is_told_of(self, ran: Run) -> None:
        came = ran(wrong="stays", select="addBook 201")
        assert came.recording.left == (
            f"left at the server: addBook 201 made it, DELETE /books/{{book}} (b1): the answer was {LENT}",
        )

    def test_without_a_way_to_remove_it_that_is_said(self, ran: Run, of: Callable[[str], Ledger]) -> None:
        came = ran(ledger=of(shelf.document(remove="")), select="addBook 201")
        assert came.recording.left == (
            "left at the server: addBook 201 made it, and the document has no clear way to remove it",
        )

    @pytest.mark.parametrize(("select", "more"), [("addBook 201", ""), ("*Book 20*", MORE)])
    def test_what_is_only_said_to_be_removed_is_told_of(self, select: str, more: str, ran: Run) -> None:
        came = ran(wrong="keeps", select=select)
        last = came.sent("remove")[-1].rpartition("/")[2]
        assert came.recording.left == (f"{KEPT} ({last}) was answered 204, and readBook gives it still (200){more}",)
        assert came.violated == set()

    def test_a_loan_is_looked_for_while_its_book_is_there(self, ran: Run) -> None:
        class Lending(Shelf):
            def loan(self, method: str, book: str, loan: str = "") -> Answer:
                return Answer(204, b"") if method == "DELETE" else super().loan(method, book, loan)

        came = ran(server=Lending(), select="lend 201")
        assert [each.partition(" ")[0] for each in came.sent("remove")] == ["DELETE", "GET", "DELETE"]
        assert "loans/{loan_id} (b1, 2) was answered 204, and readLoan gives it still" in came.recording.left[0]

    def test_it_is_looked_for_by_who_made_it(self, ran: Run) -> None:
        class Private(Shelf):
            def __call__(self, asked: Asked) -> Answer:
                own = asked.headers.get("authorization") == f"Bearer {OTHER_KEY}"
                if not own and asked.method == "GET":
                    return Answer(404, {"error": "none of yours"})
                key = {"authorization": f"Bearer {shelf.KEY}"}
                return super().__call__(evolve(asked, headers=key) if own else asked)

        came = ran(OTHERS, server=Private("keeps"), select="addBook 201")
        assert [each.partition(" ")[0] for each in came.sent("remove")] == ["DELETE", "GET"]
        assert len(came.recording.left) == 1


BOOK = """
[states."addBook 201"]
body = { title = "Persuasion" }
"""
STATES = f"""{BOOK}
[states."readBook 200"]
needs = {{ novel = "addBook 201" }}
path = {{ book = "{{novel.code}}" }}
"""


class TestNeeds:
    def test_a_state_takes_the_values_that_it_names(self, ran: Run, of: Callable[[str], Ledger]) -> None:
        came = ran(STATES, ledger=of(shelf.document(links="")))
        assert came.verdict("readBook 200") == "held"
        read = came.of("readBook 200")[0].reply
        assert read is not None
        assert b"Persuasion" in read.body

    def test_a_declared_state_that_lacks_what_it_needs_is_no_violation(self, ran: Run) -> None:
        came = ran(STATES.replace("{novel.code}", "{novel.isbn}"))
        assert came.verdict("readBook 200") == "inconclusive"
        assert came.reason("readBook 200") == "the answer to addBook (201) has no 'isbn'"
        assert "readBook/200/status" not in came.violated

    @pytest.mark.parametrize("states", [STATES.replace("{novel.code}", "{novel.after}"), STATES])
    def test_a_read_of_what_was_there_before_removes_it_not(self, states: str, ran: Run) -> None:
        class Sequels(Shelf):
            def add(self, asked: Asked) -> Answer:
                answer = super().add(asked)
                return evolve(answer, body={**answer.body, "after": "emma"}) if answer.status == 201 else answer

        came = ran(states, server=Sequels(books={"emma": {"code": "emma", "title": "Emma"}}))
        assert came.verdict("readBook 200") == "held"
        assert (set(came.shelf.books), came.recording.left) == ({"emma"}, ())

    def test_a_state_of_the_removal_says_what_goes(self, ran: Run, of: Callable[[str], Ledger]) -> None:
        states = STATES + STATES.replace(BOOK, "").replace("readBook 200", "removeBook 204")
        came = ran(states, ledger=of(shelf.document(links="")))
        assert (came.shelf.books, came.recording.left) == ({}, ())

    def test_where_one_alone_needs_it_nothing_is_made_twice(self, ran: Run) -> None:
        came = ran(STATES.replace("readBook 200", "removeBook 204"), select="removeBook 204")
        assert came.verdict("removeBook 204") == "held"
        assert came.sent() == ["POST ", "DELETE /b1", "GET /b1"]

    def test_a_conflict_comes_from_a_loan_of_the_book(self, ran: Run) -> None:
        states = STATES + (
            '[states."lend 201"]\nneeds = { novel = "addBook 201" }\n'
            '[states."removeBook 409"]\nneeds = { loan = "lend 201" }\npath = { book = "{loan.$request.path.book}" }\n'
        )
        came = ran(states, select="removeBook 409")
        assert came.verdict("removeBook 409") == "held"
        assert (came.shelf.books, came.shelf.loans) == ({}, {})

    def test_what_gives_no_values_takes_them_by_the_links(self, ran: Run) -> None:
        states = '[states."readBook 200"]\nneeds = { novel = "addBook 201" }\n'
        assert ran(states).verdict("readBook 200") == "held"

    def test_a_chosen_response_makes_what_it_needs(self, ran: Run) -> None:
        came = ran(select="readLoan 200")
        assert came.verdict("readLoan 200") == "held"
        assert [each.partition(" ")[0] for each in came.sent()] == ["POST", "POST", "GET", *["DELETE", "GET"] * 2]
        assert came.verdict("addBook 201") == "not-exercised"


def test_a_read_may_need_a_read(ran: Run, of: Callable[[str], Ledger]) -> None:
    """Nothing has to be written where a list tells what is there."""
    ledger = of(shelf.document(links="", listing=shelf.LIST))
    states = '[states."readBook 200"]\nneeds = { all = "listBooks 200" }\npath = { book = "{all.0.code}" }\n'
    there = {"b7": {"title": "Emma", "code": "b7"}}
    came = ran(states, ledger=ledger, writes=False, books=there)
    assert came.verdict("readBook 200") == "held"
    assert [each.request.url.rpartition("/")[2] for each in came.of("readBook 200")] == ["b7"]
    assert came.shelf.books == there


class TestWithOtherDrivers:
    def test_what_is_polled_may_need_what_is_made(self, ran: Run) -> None:
        states = STATES + "poll = { every = 0.05, watch = 0.2 }\n"
        came = ran(states, select="readBook 200")
        assert came.verdict("readBook 200") == "held"
        assert len(came.of("readBook 200", "poll")) >= 2
        assert came.shelf.books == {}

    def test_a_setup_is_told_of_what_was_made_and_its_control_asks_for_it(self, ran: Run, start: Start) -> None:
        """The setup lends the book, as a provider's own handler would."""
        server, told = Shelf(), list[Any]()

        def handler(asked: Asked) -> Answer:
            change = asked.json
            told.append(change["params"])
            if change["action"] == "setup":
                server.loans["99"] = change["params"]["book"]
            else:
                server.loans.pop("99", None)
            return Answer(200, {})

        states = (
            '[states."removeBook 409"]\nneeds = { novel = "addBook 201" }\npath = { book = "{novel.code}" }\n'
            f'setup = {{ url = "{start(handler).url}", state = "lent", params = {{ book = "{{novel.code}}" }} }}\n'
        )
        came = ran(states, server=server, select="removeBook 409")
        assert came.verdict("removeBook 409") == "held"
        asked = came.of("removeBook 409")[0].request.url.rpartition("/")[2]
        assert [each["book"] for each in told] == [asked, asked]
        control = came.of("removeBook 409", "control")[0]
        assert (control.reply and control.reply.status) == 204
        assert control.request.url.rpartition("/")[2] != asked
        assert (came.shelf.books, came.recording.left) == ({}, ())

    def test_a_burst_may_need_what_is_made(self, ran: Run) -> None:
        came = ran(STATES + "burst = 3\n", select="readBook 200")
        assert came.verdict("readBook 200") == "held"
        assert len(came.of("readBook 200")) == 3


TENANT = "{name: X-Tenant, in: header, required: %s, schema: {type: string}}"
GONE = """
            gone: {operationId: removeBook, parameters: {book: $response.body#/code, X-Tenant: %s}}"""


def _of_a_tenant(*, required: bool, links: str = "", made_with: bool = True) -> str:
    """The shelf, where a book is added and removed for a tenant only."""
    tenant = TENANT % str(required).lower()
    text = shelf.document(links=shelf.LINKS.rstrip() + links)
    for operation in ("removeBook", "addBook") if made_with else ("removeBook",):
        named = f"\n      operationId: {operation}"
        text = text.replace(named, f"{named}\n      parameters: [{tenant}]")
    return text


class Letting(Shelf):
    """To no other tenant than this."""

    def __call__(self, asked: Asked) -> Answer:
        if asked.method == "DELETE" and asked.headers.get("x-tenant") != "acme":
            return Answer(400, {"error": "for whom?"})
        return super().__call__(asked)


ACME = '[states."addBook 201"]\nbody = { title = "Emma" }\nheaders = { X-Tenant = "acme" }\n'
REMOVED = (
    '[states."removeBook 204"]\nneeds = { novel = "addBook 201" }\n'
    'path = { book = "{novel.code}" }\nheaders = { X-Tenant = "acme" }\n'
)


class TestWhatIsRemovedNeedsAHeader:
    @pytest.mark.parametrize("required", [True, False])
    def test_as_it_was_made_with(self, required: bool, ran: Run, of: Callable[[str], Ledger]) -> None:
        came = ran(ACME, ledger=of(_of_a_tenant(required=required)), server=Letting(), select="addBook 201")
        assert (came.verdict("addBook 201"), came.shelf.books, came.recording.left) == ("held", {}, ())

    @pytest.mark.parametrize("value", ["acme", "$request.header.X-Tenant"])
    def test_as_a_link_says(self, value: str, ran: Run, of: Callable[[str], Ledger]) -> None:
        document = _of_a_tenant(required=True, links=GONE % value)
        came = ran(ACME, ledger=of(document), server=Letting(), select="addBook 201")
        assert (came.verdict("addBook 201"), came.shelf.books, came.recording.left) == ("held", {}, ())

    def test_as_a_state_says(self, ran: Run, of: Callable[[str], Ledger]) -> None:
        document = _of_a_tenant(required=True, made_with=False)
        came = ran(BOOK + REMOVED, ledger=of(document), server=Letting(), select="addBook 201")
        assert (came.verdict("addBook 201"), came.shelf.books, came.recording.left) == ("held", {}, ())

    def test_one_that_nothing_says_is_not_made_up(self, ran: Run, of: Callable[[str], Ledger]) -> None:
        came = ran(ledger=of(_of_a_tenant(required=True, made_with=False)), server=Letting(), select="addBook 201")
        assert came.recording.left == (
            "left at the server: addBook 201 made it, and the document has no clear way to remove it",
        )
