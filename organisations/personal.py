"""Which fields of this room are about people."""

from core.personal import MEMBER, WITH_THE_RECORD, nobodys, personal

personal("organisations.User", MEMBER, "account", "email", "name", "language", "time_zone")
personal("organisations.MembershipChange", MEMBER, WITH_THE_RECORD, "reason")
nobodys("organisations.Organisation", "an organisation’s name", "name")
nobodys("organisations.ApiToken", "what a program is called", "name")
