"""Contains all the data models used in inputs/outputs"""

from .error import Error
from .job import Job
from .job_error import JobError
from .job_status import JobStatus

__all__ = (
    "Error",
    "Job",
    "JobError",
    "JobStatus",
)
