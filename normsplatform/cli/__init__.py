"""``./norms``: sets up what is missing and runs the platform, its tests and its tools.

Started twice: first by the system's Python with the standard library alone, which makes the environment, then by the
environment's Python. Modules used by the first start import nothing that must be installed.
"""
