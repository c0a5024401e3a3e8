"""What is exchanged with others, each act in one transaction."""

from .incidents import ImportReport, import_all
from .records import read_record, read_record_data, request_record, retry_record

__all__ = ["ImportReport", "import_all", "read_record", "read_record_data", "request_record", "retry_record"]
