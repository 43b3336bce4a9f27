"""Accounts by key, jobs by id, and what has befallen them.

Stands for the database. Not aware of requests: it neither knows who asks nor what they may see.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from attrs import define, field

from jobs_provider.accounts import Account
from jobs_provider.jobs import Job


class StoreUnreadableError(Exception):
    """The store's disk cannot be read. No code of the provider expects it, and that is its point."""


@define
class Store:
    accounts: Mapping[str, Account]
    _jobs: dict[UUID, Job] = field(factory=dict)
    moving: set[UUID] = field(factory=set)
    retired_models: set[str] = field(factory=set)
    unreadable: bool = False

    def job(self, job_id: UUID) -> Job | None:
        if self.unreadable:
            raise StoreUnreadableError("block 7 of jobs.db: checksum mismatch")
        return self._jobs.get(job_id)

    def keep(self, *jobs: Job) -> None:
        self._jobs.update((job.id, job) for job in jobs)

    def forget(self, job_ids: Iterable[UUID]) -> None:
        for job_id in job_ids:
            self._jobs.pop(job_id, None)

    def account_named(self, name: str) -> Account | None:
        return next((account for account in self.accounts.values() if account.name == name), None)
