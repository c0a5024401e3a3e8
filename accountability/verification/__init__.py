"""The verification report of a finding: what it stands on, for somebody who has to judge it, as data and as pages (ATT-13)."""
