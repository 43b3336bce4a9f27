"""Request headers → the account that asks, and whether it may ask at all, now.

Not about jobs: whose job something is, `reading` decides.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from attrs import define, field, frozen
from starlette.datastructures import Headers

from jobs_provider import refusals

MINIMUM_BALANCE = Decimal("0.01")
"""EUR. Below this nothing is answered but 402."""


@frozen
class Account:
    """A customer. `name` is how the provider and its control interface call it; the API never does.

    `balance` is in EUR. `limit` is how many requests may be in flight at once; `pace` is how long each of them takes
    at least, in seconds.
    """

    name: str
    balance: Decimal = Decimal("9.955000")
    suspended: bool = False
    limit: int = 10
    pace: float = 0.0


def authenticate(headers: Headers, accounts: Mapping[str, Account]) -> Account:
    """The account whose key the request carries; `accounts` is by key.

    Raises the 401 for no `Authorization`, more than one, another scheme, or a key that is nobody's. Scheme names
    are case-insensitive (RFC 9110, 11.1), keys are not.
    """
    sent = headers.getlist("authorization")
    scheme, _, key = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
    account = accounts.get(key.strip(" ")) if scheme.lower() == "bearer" else None
    if account is None:
        raise refusals.not_authenticated()
    return account


def require_good_standing(account: Account) -> None:
    """Raises the 403 of a suspended account, the 402 of an empty one."""
    if account.suspended:
        raise refusals.suspended()
    if account.balance < MINIMUM_BALANCE:
        raise refusals.not_enough_credit(account.balance, MINIMUM_BALANCE)


@define
class InFlight:
    """Counts each account's requests between their arrival and their answer."""

    _counts: Counter[str] = field(factory=Counter)

    @contextmanager
    def admit(self, account: Account) -> Iterator[None]:
        """Holds a place of the account's limit; raises the 429 if there is none.

        Leave it before the answer is sent: a caller that waits for one answer before it sends the next request
        must never be told that it has two in flight.
        """
        if self._counts[account.name] >= account.limit:
            raise refusals.too_many_at_once(account.limit)
        self._counts[account.name] += 1
        try:
            yield
        finally:
            self._counts[account.name] -= 1
