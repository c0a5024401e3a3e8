"""What is exchanged with others, each act in one transaction."""

from .incidents import ImportReport, import_all
from .listing import list_as_csv
from .packages import may_take, open_package, request_package, retry_package
from .receiving import receive_package, retry_received
from .records import read_record, read_record_data, request_record, retry_record
from .trust import end_trust, key_of, keys_of, trust_key

__all__ = [
    "ImportReport",
    "end_trust",
    "import_all",
    "key_of",
    "keys_of",
    "list_as_csv",
    "may_take",
    "open_package",
    "read_record",
    "read_record_data",
    "receive_package",
    "request_package",
    "request_record",
    "retry_package",
    "retry_received",
    "retry_record",
    "trust_key",
]
