"""What is exchanged with others, each act in one transaction."""

from .incidents import ImportReport, import_all
from .packages import open_package, request_package, retry_package
from .records import read_record, read_record_data, request_record, retry_record

__all__ = [
    "ImportReport",
    "import_all",
    "open_package",
    "read_record",
    "read_record_data",
    "request_package",
    "request_record",
    "retry_package",
    "retry_record",
]
