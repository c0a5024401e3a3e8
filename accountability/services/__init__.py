"""What is done to reviews, recommendations and verification reports. Each function checks, changes and records in one transaction."""

from .reviews import (
    MOST_TEXT,
    add_recommendation,
    close_recommendation,
    download_review,
    possible_owners,
    request_review,
    retry_review,
)
from .verification import (
    read_report,
    read_report_data,
    request_report,
    retry_report,
)

__all__ = [
    "MOST_TEXT",
    "add_recommendation",
    "close_recommendation",
    "download_review",
    "possible_owners",
    "read_report",
    "read_report_data",
    "request_report",
    "request_review",
    "retry_report",
    "retry_review",
]
