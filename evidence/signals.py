"""What evidence tells the rooms above it. Sent inside the transaction of the change, so that both happen or neither."""

from django.dispatch import Signal

# sender: EvidenceItem; item, actor. A file of the item does not match its hash any more.
item_frozen = Signal()
# sender: EvidenceItem; item, actor. The item may be used again.
item_restored = Signal()
# sender: EvidenceItem; item, actor. Whoever gave it in, or holds the case, took it back.
item_withdrawn = Signal()
# sender: EvidenceItem; item, actor. Its content is going; the record stays.
item_disposed = Signal()
