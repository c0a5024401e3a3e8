"""An item's custody for somebody who has nothing but the file: as data and as pages."""
