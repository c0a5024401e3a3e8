"""What is done for restoration: each function asks, checks, changes and records in one transaction.

None of them takes, reads or waits for a finding or a tier (ATT-10, R4.1).
"""

from .restoration import check_backup, confirm_restoration, post_update, set_target
from .tasks import add_task, cancel_task, change_task, complete_task, move_task, verify_task

__all__ = [
    "add_task",
    "cancel_task",
    "change_task",
    "check_backup",
    "complete_task",
    "confirm_restoration",
    "move_task",
    "post_update",
    "set_target",
    "verify_task",
]
