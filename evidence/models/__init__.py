"""What is held, and what must never be false of it.

Every table but the reports of sweeps hangs on a case and is seen by whoever may see its evidence. The `audience` columns the policies read are
not fields: only the database's own triggers write them. What else the database itself keeps (numbers, chained custody,
rows that never change, four eyes on grades) is in migration 0002.
"""

from .custody import CustodyEntry
from .disposal import Disposal, LegalHold
from .files import Integrity, StoredFile
from .grades import GradeEntry
from .items import EvidenceItem, Lineage, Origin
from .received import ReceivedCustody
from .redactions import Redaction
from .sealing import Custodian, ReleasedShare, Seal, SealAnswer, SealedFile, SealRequest, Share
from .stamps import FileStamp
from .sweeps import SweepReport
from .transfers import Transfer
from .translations import Translation
from .uploads import PendingUpload
from .work import FileScan, IntakeJob

__all__ = [
    "Custodian",
    "CustodyEntry",
    "Disposal",
    "EvidenceItem",
    "FileScan",
    "FileStamp",
    "GradeEntry",
    "IntakeJob",
    "Integrity",
    "LegalHold",
    "Lineage",
    "Origin",
    "PendingUpload",
    "ReceivedCustody",
    "Redaction",
    "ReleasedShare",
    "Seal",
    "SealAnswer",
    "SealRequest",
    "SealedFile",
    "Share",
    "StoredFile",
    "SweepReport",
    "Transfer",
    "Translation",
]
