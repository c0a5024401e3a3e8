"""Which fields of this room are about people."""

from core.personal import MEMBER, nobodys, personal

personal("signin.SignIn", MEMBER, "account", "agent", "session_there")
personal("signin.Identity", MEMBER, "account", "subject")
nobodys("signin.Domain", "a domain of an organisation", "name")
