#!/bin/sh
# Runs once, when the database server is first made: the roles of normsplatform/embedded/roles.py.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d postgres \
    -v owner="$NORMS_OWNER_PASSWORD" -v app="$NORMS_APP_PASSWORD" -v public="$NORMS_PUBLIC_PASSWORD" <<'SQL'
CREATE ROLE norms_owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE norms_app LOGIN PASSWORD :'app';
CREATE ROLE norms_public LOGIN PASSWORD :'public';
CREATE ROLE norms_definer NOLOGIN;
GRANT norms_definer TO norms_owner;
GRANT norms_app, norms_public TO norms_owner WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE norms OWNER norms_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE norms FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE norms TO norms_app, norms_public;
\connect norms
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO norms_definer;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
SQL
