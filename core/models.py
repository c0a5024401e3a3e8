"""No tables. The module is here because Django tells only apps with a models module that a migration run has ended."""
