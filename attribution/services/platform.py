"""The platform acting for the holder of a case."""

from organisations.actors import system_for

__all__ = ["system_for"]
