"""What is done to evidence. Each function checks, changes and records in one transaction."""

from . import disposal, transfers
from .disposal import decide_disposal, lift_hold, place_hold, propose_disposal, remove_files
from .grades import grade_item
from .handling import record_handling
from .intake import add_file, add_files, add_item, add_item_each
from .integrity import Opened, open_file, record_check, restore_item, verify_item
from .items import change_mark, describe_item, withdraw_item
from .links import link_lineage
from .redaction import carry_out_redaction, decide_redaction, propose_redaction
from .seal_requests import answer_request, ask_custodians, end_request, expire_requests
from .sealing import candidates, carry_out, clear_plaintext, seal_item
from .transfers import Receipt, answer_release, release_item
from .unsealing import Unsealed, open_sealed, replace_custodian, sealed_facts, unseal_item

__all__ = [
    "Opened",
    "Receipt",
    "Unsealed",
    "add_file",
    "add_files",
    "add_item",
    "add_item_each",
    "answer_release",
    "answer_request",
    "ask_custodians",
    "candidates",
    "carry_out",
    "carry_out_redaction",
    "change_mark",
    "clear_plaintext",
    "decide_disposal",
    "decide_redaction",
    "describe_item",
    "disposal",
    "end_request",
    "expire_requests",
    "grade_item",
    "lift_hold",
    "link_lineage",
    "open_file",
    "open_sealed",
    "place_hold",
    "propose_disposal",
    "propose_redaction",
    "record_check",
    "record_handling",
    "release_item",
    "remove_files",
    "replace_custodian",
    "restore_item",
    "seal_item",
    "sealed_facts",
    "transfers",
    "unseal_item",
    "verify_item",
    "withdraw_item",
]
