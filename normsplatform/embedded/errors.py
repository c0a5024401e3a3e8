"""The one error the launcher shows to a person."""


class LauncherError(Exception):
    """Something outside our control is in the way; the message says what, and what to do about it."""
