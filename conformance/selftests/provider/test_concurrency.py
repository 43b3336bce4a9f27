"""The limit on requests in flight: 429 above it, and nothing left of it afterwards."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from jobs_provider import seed
from jobs_provider.accounts import Account, InFlight
from jobs_provider.refusals import Refusal

Bearer = Callable[[Account], dict[str, str]]


@pytest.fixture(scope="module")
def small_plan(anonymous: httpx.Client, bearer: Bearer) -> Callable[[], httpx.Response]:
    return lambda: anonymous.get(f"/v1/jobs/{seed.SMALL_PLANS}", headers=bearer(seed.SMALL_PLAN))


def test_a_burst_of_the_small_plan_is_turned_away_in_part(small_plan: Callable[[], httpx.Response]) -> None:
    with ThreadPoolExecutor(30) as burst:
        answers = [waiting.result() for waiting in [burst.submit(small_plan) for _ in range(30)]]
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() == {200, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["error"] == "rate_limited"
    assert refused.json()["details"] == {"concurrent_limit": 2}
    assert refused.headers["Retry-After"] == "1"


def test_requests_one_after_another_never_are(small_plan: Callable[[], httpx.Response]) -> None:
    assert [small_plan().status_code for _ in range(3)] == [200] * 3


def test_as_many_at_once_as_the_limit_allows_are_answered(api: httpx.Client) -> None:
    limit = seed.DEFAULT.limit
    with ThreadPoolExecutor(limit) as burst:
        statuses = burst.map(lambda _: api.get(f"/v1/jobs/{seed.COMPLETED}").status_code, range(5 * limit))
    assert Counter(statuses) == {200: 5 * limit}


def test_a_place_is_given_back_when_the_request_is_refused(anonymous: httpx.Client, bearer: Bearer) -> None:
    asked = [anonymous.get("/v1/jobs/nonsense", headers=bearer(seed.SMALL_PLAN)) for _ in range(3)]
    assert [answer.status_code for answer in asked] == [400] * 3


def test_accounts_do_not_take_each_others_places() -> None:
    in_flight = InFlight()
    one = Account("one", limit=1)
    with in_flight.admit(one), in_flight.admit(Account("two", limit=1)), pytest.raises(Refusal) as refused:
        in_flight.admit(one).__enter__()
    assert refused.value.status == 429
    with in_flight.admit(one):
        pass
