"""The document as the page shows it: each line with what became of the claims that stand there."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.report.html.tree import Line, opened, packed, tree

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]
Drawn = Callable[..., dict[str, Line]]

SHARED = "/components/schemas/Error/required/0"


def walked(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from walked(line.members)


@pytest.fixture(scope="session")
def drawn(judged: Judged, ledger: Ledger) -> Drawn:
    """Pointer → its line, where these claims differ from held."""

    def draw(*differing: ClaimVerdict) -> dict[str, Line]:
        lines = tree(ledger.contract, judged(*differing).claims, ledger.contract.where)
        return {line.at: line for line in walked(lines)}

    return draw


def test_every_claim_is_counted_at_its_place_and_no_other(drawn: Drawn, ledger: Ledger) -> None:
    found = {at: line.own.claims for at, line in drawn().items() if line.own}
    expected: dict[str, int] = {}
    for claim in ledger.claims.values():
        expected[claim.pointer] = expected.get(claim.pointer, 0) + 1
    assert found == expected


def test_what_is_above_sums_up_what_is_below(drawn: Drawn, ledger: Ledger) -> None:
    lines = drawn()
    assert lines["/paths"].below.total() + lines["/components"].below.total() == len(ledger.claims)


def test_a_keyword_that_several_responses_share_has_the_worst_of_their_verdicts(drawn: Drawn, broken: Broken) -> None:
    own = drawn(broken("getThing/404/body/required/code"))[SHARED].own
    assert own is not None
    assert (own.verdict, dict(own.tally), own.exercised) == ("violated", {"violated": 1, "held": 1}, 5)
    assert own.first == "claim=getThing/404/body/required/code"


def test_what_an_overlay_wrote_is_marked_and_says_its_sentence(drawn: Drawn) -> None:
    line = drawn()["/components/schemas/Thing/properties/size/maximum"]
    assert (line.from_overlay, line.sentence) == (True, "A size stays below a thousand.")
    assert line.where.partition("overlay.yaml:")[2].isdecimal()


def test_what_the_document_says_itself_has_no_sentence(drawn: Drawn) -> None:
    lines = drawn()
    for at in ("/paths", "/paths/~1things~1{id}/get", "/components/schemas/Thing/properties/size/minimum"):
        assert (lines[at].from_overlay, lines[at].sentence) == (False, ""), at


def test_a_sentence_stands_once_at_the_uppermost_line_that_it_is_all_of(drawn: Drawn) -> None:
    told = [at for at, line in drawn().items() if line.sentence == "The thing that was asked for is given."]
    assert told == ["/paths/~1things~1{id}/get/x-relations"]


def test_a_reference_leads_to_the_schema(drawn: Drawn) -> None:
    line = drawn()["/paths/~1things~1{id}/get/responses/404/content/application~1json/schema/$ref"]
    assert (line.text, line.reference) == ("#/components/schemas/Error", "at=/components/schemas/Error")


def test_what_no_claim_is_about_is_one_line(drawn: Drawn) -> None:
    lines = drawn()
    assert lines["/info"].text == '{"title": "Things", "version": "1.2.3"}'
    assert "/info/title" not in lines


def test_what_is_violated_is_open_and_never_packed(drawn: Drawn, broken: Broken) -> None:
    lines = drawn(broken("getThing/404/status"))
    at = "/paths/~1things~1{id}"
    assert opened(lines[at], large=True)
    assert not packed(lines[at])
    assert packed(lines["/paths/~1things"])
    assert not opened(lines["/paths/~1things"], large=True)
