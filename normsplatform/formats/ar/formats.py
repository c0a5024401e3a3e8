"""Arabic with Western digits: 225,000 and 5.5, as beside Latin ids, dates and hashes; Django writes 225000 and 5,5."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
