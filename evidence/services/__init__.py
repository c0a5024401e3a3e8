"""What is done to evidence. Each function checks, changes and records in one transaction."""

from . import disposal, transfers
from .disposal import decide_disposal, lift_hold, place_hold, propose_disposal, remove_files
from .grades import grade_item
from .handling import record_handling
from .intake import add_file, add_files, add_item, add_item_each
from .integrity import Opened, open_file, record_check, restore_item, verify_item
from .items import change_mark, describe_item, withdraw_item
from .links import link_lineage
from .transfers import Receipt, answer_release, release_item

__all__ = [
    "Opened",
    "Receipt",
    "add_file",
    "add_files",
    "add_item",
    "add_item_each",
    "answer_release",
    "change_mark",
    "decide_disposal",
    "describe_item",
    "disposal",
    "grade_item",
    "lift_hold",
    "link_lineage",
    "open_file",
    "place_hold",
    "propose_disposal",
    "record_check",
    "record_handling",
    "release_item",
    "remove_files",
    "restore_item",
    "transfers",
    "verify_item",
    "withdraw_item",
]
