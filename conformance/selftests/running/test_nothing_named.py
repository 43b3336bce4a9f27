"""A right server whose every value of the path is there is not accused of its 404; one that knows anything is."""

from collections.abc import Callable

import pytest

from assay import claims, contract
from selftests.running.miniatures import Answer, Asked, Behaviour, Miniature, Ran

RunOn = Callable[..., Ran]


@pytest.fixture
def places(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], claims.Ledger]:
    def make(schema: str, status: str) -> claims.Ledger:
        file = tmp_path_factory.mktemp("places") / "places.yaml"
        file.write_text(f"""\
openapi: 3.1.0
info: {{title: Places, version: 1.0.0}}
paths:
  /places/{{place}}:
    get:
      operationId: at
      parameters: [{{name: place, in: path, required: true, schema: {schema}}}]
      responses: {{"200": {{description: It.}}, "{status}": {{description: None.}}}}
""")
        return claims.ledger(contract.load(file))

    return make


Places = Callable[[str, str], claims.Ledger]


def _anything(_: Asked) -> Answer:
    return Answer(200)


class TestEachValueIsThere:
    @pytest.mark.parametrize(
        "schema",
        [
            "{type: string, enum: [north, south]}",
            "{type: boolean}",
            "{type: integer, minimum: 1, maximum: 3}",
            "{type: string, format: date}",
        ],
    )
    @pytest.mark.parametrize("status", ["404", "4XX", "default"])
    def test_no_status_is_violated(
        self, schema: str, status: str, places: Places, start: Callable[[Behaviour], Miniature], ran: RunOn
    ) -> None:
        found = ran(start(_anything).url, credentials="", ledger=places(schema, status))
        verdicts = {each.claim.id: each.verdict for each in found.verdicts.claims}
        assert verdicts[f"at/{status}/status"] == "not-exercised"
        assert "violated" not in verdicts.values()

    def test_a_server_that_knows_any_uuid_is_accused(
        self, places: Places, start: Callable[[Behaviour], Miniature], ran: RunOn
    ) -> None:
        found = ran(start(_anything).url, credentials="", ledger=places("{type: string, format: uuid}", "404"))
        verdicts = {each.claim.id: each.verdict for each in found.verdicts.claims}
        assert verdicts["at/404/status"] == "violated"

    def test_one_of_few_that_is_there_shows_the_200(
        self, places: Places, start: Callable[[Behaviour], Miniature], ran: RunOn
    ) -> None:
        found = ran(
            start(_anything).url, credentials="", ledger=places("{type: integer, minimum: 1, maximum: 3}", "404")
        )
        assert {each.claim.id: each.verdict for each in found.verdicts.claims}["at/200/status"] == "held"
