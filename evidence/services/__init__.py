"""What is done to evidence. Each function checks, changes and records in one transaction."""

from .grades import grade_item
from .handling import record_handling
from .intake import add_file, add_item
from .integrity import Opened, open_file, record_check, restore_item, verify_item
from .items import change_mark, describe_item, withdraw_item
from .links import link_lineage

__all__ = [
    "Opened",
    "add_file",
    "add_item",
    "change_mark",
    "describe_item",
    "grade_item",
    "link_lineage",
    "open_file",
    "record_check",
    "record_handling",
    "restore_item",
    "verify_item",
    "withdraw_item",
]
