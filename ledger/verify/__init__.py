"""The offline verifier: `python -m ledger.verify PACKAGE`, without network, without this platform, without Django.

It shares with the platform what both must compute alike (`ledger.hashing`, `merkle`, `notes`, `checkpoints`) and reads packages
with code of its own: a fault of the writer is not repeated by the reader. `single` packs the same modules into one file.
"""
