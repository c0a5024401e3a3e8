#!/bin/sh
# Writes the pooler's configuration from the environment and starts it: two logins, transaction pooling.
set -eu
umask 077
printf '"norms_app" "%s"\n"norms_public" "%s"\n' "$NORMS_APP_PASSWORD" "$NORMS_PUBLIC_PASSWORD" >/tmp/users.txt
cat >/tmp/pgbouncer.ini <<'INI'
[databases]
norms = host=postgres port=5432 dbname=norms
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
auth_type = scram-sha-256
auth_file = /tmp/users.txt
pool_mode = transaction
max_prepared_statements = 200
max_client_conn = 500
default_pool_size = 20
server_reset_query =
ignore_startup_parameters = extra_float_digits,options
INI
exec pgbouncer /tmp/pgbouncer.ini
