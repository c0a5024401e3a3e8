"""The four database roles and the database, on the embedded server or on any PostgreSQL 16 or newer.

``norms_owner`` owns the schema and migrates; ``norms_app`` serves requests and owns nothing; ``norms_public`` reads
what is published; ``norms_definer`` owns the few SECURITY DEFINER functions and cannot log in. None of them is a
superuser and none can bypass row-level security (architecture, section 2). Everything here can be run again, and by
several starts at once.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import exclusive, read_json, write_json

OWNER, APP, PUBLIC, DEFINER = "norms_owner", "norms_app", "norms_public", "norms_definer"
LOGINS = (OWNER, APP, PUBLIC)
EXTENSIONS = ("btree_gin", "btree_gist", "pg_trgm", "unaccent")  # all trusted: the database's owner may create them
MAINTENANCE = ("", "postgres", "template1")
LOCK = 0x6E6F726D73  # "norms", one number for everybody who prepares this server
LEAST_VERSION = 160000


@dataclass(frozen=True)
class Logins:
    """The addresses the platform logs in with."""

    owner: str
    app: str
    public: str
    notices: tuple[str, ...] = ()


def kept_secrets(file: Path) -> dict[str, str]:
    """The passwords of the three logins and Django's key: made once, in a file only we can read."""
    with exclusive(file.with_suffix(".lock")):
        kept = {name: str(value) for name, value in read_json(file).items()}
        missing = [name for name in (*LOGINS, "secret_key") if not kept.get(name)]
        if missing:
            kept |= {name: secrets.token_urlsafe(48 if name == "secret_key" else 32) for name in missing}
            write_json(file, dict(kept))
        return kept


def database_of(admin_url: str) -> str:
    """The database the platform lives in: the one named in the address, or ``norms`` when that is a maintenance one."""
    named = unquote(urlsplit(admin_url).path.lstrip("/"))
    return "norms" if named in MAINTENANCE else named


def login_url(admin_url: str, role: str, password: str) -> str:
    """The address of one login: host, port and options of the administrator's, user and password its own."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{quote(password, safe='')}@{host}"
    return urlunsplit(("postgresql", netloc, f"/{quote(database_of(admin_url), safe='')}", parts.query, ""))


def ensure_roles(admin_url: str, passwords: dict[str, str]) -> Logins:
    """Make sure that roles, memberships, database, grants and extensions are as they must be.

    When everything is in place already the administrator's rights are not used at all.
    """
    urls = {role: login_url(admin_url, role, passwords[role]) for role in LOGINS}
    logins = Logins(owner=urls[OWNER], app=urls[APP], public=urls[PUBLIC])
    if _in_order(urls):
        return logins
    with _administrator(admin_url) as admin:
        if admin.info.server_version < LEAST_VERSION:
            raise LauncherError(
                f"PostgreSQL 16 or newer is needed; "
                f"the server of DATABASE_URL is version {admin.info.server_version // 10000}."
            )
        may = admin.execute(
            "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if not (may and may[0]):
            raise LauncherError(
                "The user of DATABASE_URL may not create roles and databases. Have an administrator run this once, "
                f"then start again:\n\n{by_hand(admin_url, passwords)}"
            )
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            notices = _ensure_cluster(admin, database_of(admin_url), passwords, urls)
            _ensure_database(urls[OWNER])
        except psycopg.Error as problem:
            raise LauncherError(
                f"The database could not be prepared: {_first_line(problem)}. An administrator can do it by hand:\n\n"
                f"{by_hand(admin_url, passwords)}"
            ) from problem
        finally:
            admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return Logins(owner=urls[OWNER], app=urls[APP], public=urls[PUBLIC], notices=tuple(notices))


def by_hand(admin_url: str, passwords: dict[str, str]) -> str:
    """The same preparation as a script for psql, for an administrator who does not hand out rights."""
    name = sql.Identifier(database_of(admin_url)).as_string(None)
    lines = [
        *(
            f"CREATE ROLE {role} LOGIN {'CREATEDB ' if role == OWNER else ''}PASSWORD '{passwords[role]}';"
            for role in LOGINS
        ),
        f"CREATE ROLE {DEFINER} NOLOGIN;",
        f"GRANT {DEFINER} TO {OWNER};",
        f"GRANT {APP}, {PUBLIC} TO {OWNER} WITH INHERIT FALSE, SET TRUE;",
        f"CREATE DATABASE {name} OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0;",
        f"\\connect {name}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        f"GRANT CREATE ON SCHEMA public TO {DEFINER};",
        *(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in EXTENSIONS),
    ]
    return "\n".join(f"    {line}" for line in lines)


def _administrator(url: str) -> psycopg.Connection:
    """A session in the named database, or in ``postgres`` when that one does not exist yet."""
    problems = []
    for target in (_normal(url), urlunsplit(urlsplit(_normal(url))._replace(path="/postgres"))):
        try:
            return psycopg.connect(target, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as problem:
            problems.append(problem)
    raise LauncherError(f"The server of DATABASE_URL cannot be used: {_first_line(problems[0])}") from problems[0]


def _normal(url: str) -> str:
    """libpq knows postgres:// and postgresql://; Django's spellings with a driver name are the same thing."""
    scheme, _, rest = url.partition("://")
    return f"postgresql://{rest}" if scheme.startswith(("postgres", "psql", "pgsql")) else url


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__


def _in_order(urls: dict[str, str]) -> bool:
    """Whether all three can log in and the owner finds nothing missing."""
    try:
        for role in (APP, PUBLIC):
            psycopg.connect(urls[role], connect_timeout=10).close()
        with psycopg.connect(urls[OWNER], autocommit=True, connect_timeout=10) as owner:
            found = owner.execute(STATE, {"all": [*LOGINS, DEFINER], "extensions": list(EXTENSIONS)}).fetchone()
    except psycopg.Error:  # no such server, role, password or database yet
        return False
    return bool(found and found[0])


STATE = f"""
SELECT (SELECT count(*) = 4 FROM pg_roles
        WHERE rolname = ANY (%(all)s) AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole
          AND rolcanlogin = (rolname <> '{DEFINER}') AND rolcreatedb = (rolname = '{OWNER}'))
   AND (SELECT datdba = 'norms_owner'::regrole FROM pg_database WHERE datname = current_database())
   AND pg_has_role('{OWNER}', '{DEFINER}', 'USAGE')
   AND pg_has_role('{OWNER}', '{APP}', 'SET') AND pg_has_role('{OWNER}', '{PUBLIC}', 'SET')
   AND NOT pg_has_role('{OWNER}', '{APP}', 'USAGE') AND NOT pg_has_role('{OWNER}', '{PUBLIC}', 'USAGE')
   AND has_schema_privilege('{DEFINER}', 'public', 'CREATE') AND NOT has_schema_privilege('{APP}', 'public', 'CREATE')
   AND (SELECT count(*) = cardinality(%(extensions)s::text[]) FROM pg_extension WHERE extname = ANY (%(extensions)s))
"""  # noqa: S608 — the four names above, nothing from outside


def _ensure_cluster(
    admin: psycopg.Connection, database: str, passwords: dict[str, str], urls: dict[str, str]
) -> list[str]:
    """Roles, memberships and the database itself: what belongs to the whole server."""
    notices = []
    existing = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role in (*LOGINS, DEFINER):
        if role not in existing:
            admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        wanted = "NOLOGIN" if role == DEFINER else "LOGIN"
        wanted += " CREATEDB" if role == OWNER else " NOCREATEDB"
        wanted += " NOCREATEROLE"
        admin.execute(sql.SQL("ALTER ROLE {} WITH {}").format(sql.Identifier(role), sql.SQL(wanted)))
    _refuse_powers(admin)
    for role in LOGINS:
        if role in existing and _can_log_in(urls[role], database, admin):
            continue
        if role in existing:
            notices.append(
                f"{role} existed with another password: it now has ours. "
                "Other installations on this server need our secrets.json."
            )
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role])))
    me = admin.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if me and not me[1]:  # whoever creates a role administers it, but must still let themselves act as it
        admin.execute(sql.SQL("GRANT {} TO {} WITH SET TRUE").format(sql.Identifier(OWNER), sql.Identifier(str(me[0]))))
    admin.execute(f"GRANT {DEFINER} TO {OWNER} WITH INHERIT TRUE, SET TRUE")
    admin.execute(f"GRANT {APP}, {PUBLIC} TO {OWNER} WITH INHERIT FALSE, SET TRUE")
    _ensure_owned_database(admin, database)
    return notices


def _refuse_powers(admin: psycopg.Connection) -> None:
    """Only a superuser could have given these; only they can take them, so it is said rather than tried."""
    too_mighty = admin.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls)", [[*LOGINS, DEFINER]]
    ).fetchall()
    if too_mighty:
        names = ", ".join(name for (name,) in too_mighty)
        raise LauncherError(
            f"{names} may bypass row-level security on this server, so tenants would not be kept apart. "
            f"Run ALTER ROLE … NOSUPERUSER NOBYPASSRLS for each, then start again."
        )


def _can_log_in(url: str, database: str, admin: psycopg.Connection) -> bool:
    """Whether the password is the one we know; asked of a database that exists."""
    exists = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    target = url if exists else urlunsplit(urlsplit(url)._replace(path="/postgres"))
    try:
        psycopg.connect(target, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_owned_database(admin: psycopg.Connection, database: str) -> None:
    name = sql.Identifier(database)
    found = admin.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]).fetchone()
    if found is None:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                name, sql.Identifier(OWNER)
            )
        )
    elif found[0] != OWNER:
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(OWNER)))
    # by default everybody may connect and make temporary tables; here only our roles may
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            name, sql.SQL(", ").join(sql.Identifier(role) for role in (APP, PUBLIC))
        )
    )


def _ensure_database(owner_url: str) -> None:
    """What lives inside the database, done as its owner: the same rights a test database is made with."""
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as owner:
        owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        owner.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {DEFINER}")
        for extension in EXTENSIONS:
            owner.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
