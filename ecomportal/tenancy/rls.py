"""The third wall: row-level security on every table with a merchant, made and checked here.

`secure_schema` runs at the end of every `migrate`, so a new table cannot be forgotten, and
`problems` is what `manage.py check_rls`, the start of the portal and the tests ask.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

APP, OWNER, OPS, BACKUP = "ecom_app", "ecom_owner", "ecom_ops", "ecom_backup"
MERCHANT = "merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint"
# Append-only for the app role: what happened is not edited. History tables end in "event".
APPEND_ONLY = {"ecomportal_auditentry"}
# Rows of a table that others than its merchant may see: (table, policy, role, condition).
EXTRA_POLICIES = [
    ("ecomportal_job", "ops", OPS, "true"),
    ("ecomportal_jobitem", "ops", OPS, "true"),
]
# Tables without a merchant, on purpose: people, shops themselves, and libraries' own.
PLATFORM = {"ecomportal_user", "ecomportal_merchant", "ecomportal_websession"}


# Functions of ours that run with the owner's rights; those of triggers nobody can call.
DEFINERS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
  AND pg_get_userbyid(p.proowner) = 'ecom_owner'
"""


class OwnerMigrates:
    """Only the owner role changes tables; the app role has no right to."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"


def tenant_models() -> list[type[models.Model]]:
    """Every model whose rows belong to one merchant, history tables included."""
    return [
        m for m in apps.get_models(include_auto_created=True) if is_tenant(m) and m._meta.managed
    ]


def is_tenant(model: type[models.Model]) -> bool:
    return any(f.name == "merchant" and f.is_relation for f in model._meta.local_fields)


def is_append_only(table: str) -> bool:
    return table in APPEND_ONLY or table.endswith("event")


def tenant_keys(model: type[models.Model]) -> Iterator[tuple[models.Field, type[models.Model]]]:
    """Foreign keys from a tenant table to a tenant table. History rows point at nothing: what
    they describe may be gone."""
    if model._meta.db_table.endswith("event"):
        return
    for field in model._meta.local_fields:
        if field.is_relation and field.name != "merchant" and is_tenant(field.related_model):
            yield field, field.related_model


def secure_schema(connection: Any) -> None:
    """Make policies, composite keys and grants as they should be; safe to run again."""
    with connection.cursor() as cursor:
        for model in tenant_models():
            _policies(cursor, model._meta.db_table)
        for model in tenant_models():
            for field, target in tenant_keys(model):
                _composite_key(cursor, model._meta.db_table, field.column, target._meta.db_table)
        # At once: a running web must not find its rights gone between a REVOKE and its GRANT.
        with transaction.atomic(using=connection.alias):
            _grants(cursor)


def _policies(cursor: Any, table: str) -> None:
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    # The owner runs migrations and the definer functions; no request ever runs as the owner.
    wanted = [("tenant", APP, MERCHANT), ("owner", OWNER, "true")]
    wanted += [(name, role, rule) for t, name, role, rule in EXTRA_POLICIES if t == table]
    for name, role, rule in wanted:
        cursor.execute(f'DROP POLICY IF EXISTS {name} ON "{table}"')
        cursor.execute(
            f'CREATE POLICY {name} ON "{table}" TO {role} USING ({rule}) WITH CHECK ({rule})'
        )


def _composite_key(cursor: Any, table: str, column: str, target: str) -> None:
    """A foreign key that names the merchant too: row-level security does not guard plain ones."""
    unique, key = f"{target}_tenant_uniq"[:63], f"{table}_{column}_tenant_fk"[-63:]
    if not _has_constraint(cursor, target, unique):
        cursor.execute(f'ALTER TABLE "{target}" ADD CONSTRAINT "{unique}" UNIQUE (merchant_id, id)')
    if not _has_constraint(cursor, table, key):
        cursor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{key}" FOREIGN KEY (merchant_id, "{column}") '
            f'REFERENCES "{target}" (merchant_id, id) DEFERRABLE INITIALLY DEFERRED'
        )


def _has_constraint(cursor: Any, table: str, name: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s", [table, name]
    )
    return cursor.fetchone() is not None


def _grants(cursor: Any) -> None:
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {OPS}, {BACKUP}")
    cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {BACKUP}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in cursor.fetchall():
        verbs = "SELECT, INSERT" if is_append_only(table) else "SELECT, INSERT, UPDATE, DELETE"
        if table == "django_migrations":
            verbs = "SELECT"
        cursor.execute(f'REVOKE ALL ON "{table}" FROM {APP}')
        cursor.execute(f'GRANT {verbs} ON "{table}" TO {APP}')
    cursor.execute(DEFINERS)
    for (definer,) in cursor.fetchall():
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {definer} FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {definer} TO {APP}")
    cursor.execute(f"GRANT SELECT, UPDATE ON ecomportal_job TO {OPS}")
    cursor.execute(f"GRANT SELECT ON ecomportal_jobitem TO {OPS}")


# Parts of tables lie in schemas of their own: policies stand at the table, so nobody may reach a
# part past it.
OPEN_PARTS = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relispartition AND c.relkind IN ('r', 'p')
  AND has_table_privilege('ecom_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
  AND has_schema_privilege('ecom_app', n.oid, 'USAGE')
"""


def problems(connection: Any) -> list[str]:
    """What is wrong with the walls, in words; an empty list means they stand."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        role, is_super, bypasses = cursor.fetchone()
        if is_super or bypasses:
            found.append(f"The web's role {role} passes row-level security by. Use {APP}.")
        cursor.execute(
            "SELECT c.relname, pg_get_userbyid(c.relowner) = current_user, c.relrowsecurity, "
            "c.relforcerowsecurity, coalesce(array_agg(p.polname) FILTER (WHERE p.polname IS NOT "
            "NULL), '{}'), has_table_privilege(c.oid, 'TRUNCATE') FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' "
            "LEFT JOIN pg_policy p ON p.polrelid = c.oid "
            "WHERE c.relkind IN ('r', 'p') GROUP BY c.oid"
        )
        tables = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'merchant_id'"
        )
        with_merchant = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            f"SELECT f FROM ({DEFINERS}) d(f) WHERE has_function_privilege('public', f, 'EXECUTE')"
        )
        found += [
            f"Every role may call {name}, which runs as the owner." for (name,) in cursor.fetchall()
        ]
        cursor.execute(OPEN_PARTS)
        found += [
            f"The web's role may reach {name} past the policies of its table."
            for (name,) in cursor.fetchall()
        ]
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'")
        keys = {row[0] for row in cursor.fetchall()}
    for table, (owns, enabled, forced, policies, truncates) in sorted(tables.items()):
        if owns:
            found.append(f"The web's role {role} owns {table}, so it could switch its policy off.")
        if truncates:
            found.append(f"The web's role may TRUNCATE {table}, which passes policies by.")
        if table in with_merchant and not (enabled and forced and "tenant" in policies):
            found.append(f"{table} has a merchant_id but no forced row-level security policy.")
    ours = ("ecomportal", "catalog", "aiassist")
    for model in apps.get_models():
        table = model._meta.db_table
        if model._meta.app_label in ours and not is_tenant(model) and table not in PLATFORM:
            found.append(f"{table} has no merchant and is not on the list of platform tables.")
    for model in tenant_models():
        for field, _ in tenant_keys(model):
            if f"{model._meta.db_table}_{field.column}_tenant_fk"[-63:] not in keys:
                found.append(
                    f"{model._meta.db_table}.{field.column} may point at another shop's row."
                )
    return found
