"""Functions the walls and search stand on. They run as the owner, so each checks for itself."""

from django.db import migrations

# Looks up every shop of a person and enters the one named by the slug, in one statement.
ENTER_SHOP = """
CREATE FUNCTION enter_shop(person bigint, wanted text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    shop jsonb;
    his_role text;
    others jsonb;
BEGIN
    SELECT to_jsonb(m), s.role INTO shop, his_role
    FROM ecomportal_membership s JOIN ecomportal_merchant m ON m.id = s.merchant_id
    WHERE s.user_id = person AND m.slug = wanted;
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'slug', m.slug, 'name', m.name, 'role', s.role) ORDER BY m.name), '[]')
    INTO others
    FROM ecomportal_membership s JOIN ecomportal_merchant m ON m.id = s.merchant_id
    WHERE s.user_id = person;
    PERFORM set_config('app.merchant_id', coalesce(shop ->> 'id', ''), true);
    RETURN jsonb_build_object('merchant', shop, 'role', his_role, 'shops', others);
END $$
"""

# An API key opens its own shop, unless it was revoked or has expired.
ENTER_BY_KEY = """
CREATE FUNCTION enter_by_key(wanted text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    key jsonb;
    shop jsonb;
BEGIN
    SELECT to_jsonb(k), to_jsonb(m) INTO key, shop
    FROM ecomportal_apikey k JOIN ecomportal_merchant m ON m.id = k.merchant_id
    WHERE k.key_hash = wanted AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now());
    PERFORM set_config('app.merchant_id', coalesce(shop ->> 'id', ''), true);
    RETURN jsonb_build_object('merchant', shop, 'key', key - 'key_hash');
END $$
"""

# An invitation opens the shop it was written for, once.
ENTER_BY_INVITATION = """
CREATE FUNCTION enter_by_invitation(wanted text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    invitation jsonb;
    shop jsonb;
BEGIN
    SELECT to_jsonb(i), to_jsonb(m) INTO invitation, shop
    FROM ecomportal_invitation i JOIN ecomportal_merchant m ON m.id = i.merchant_id
    WHERE i.token_hash = wanted AND i.accepted_at IS NULL AND i.revoked_at IS NULL
      AND i.expires_at > now();
    PERFORM set_config('app.merchant_id', coalesce(shop ->> 'id', ''), true);
    RETURN jsonb_build_object('merchant', shop, 'invitation', invitation - 'token_hash');
END $$
"""

# Words as trigrams padded with two spaces in front and one behind, Han text as single
# characters and pairs: works for both languages and for typing, with core PostgreSQL alone.
GRAMS = """
CREATE FUNCTION grams(t text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT g), '{}') FROM (
        SELECT substr('  ' || w[1] || ' ', i, 3) AS g
        FROM regexp_matches(lower(t), '[^[:space:][:punct:]\\u3000-\\u30ff\\u3400-\\u9fff]+', 'g') w,
             generate_series(1, length(w[1]) + 1) i
        UNION
        SELECT substr(w[1], i, n)
        FROM regexp_matches(t, '[\\u3400-\\u9fff]+', 'g') w,
             generate_series(1, length(w[1])) i, generate_series(1, 2) n
        WHERE i + n - 1 <= length(w[1])
    ) parts
$$
"""

# What a search must contain: the same pieces, without padding that a half-typed word lacks.
QUERY_GRAMS = """
CREATE FUNCTION query_grams(t text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT g), '{}') FROM (
        SELECT CASE WHEN length(w[1]) < 3 THEN lpad(w[1], 3) ELSE substr(w[1], i, 3) END AS g
        FROM regexp_matches(lower(t), '[^[:space:][:punct:]\\u3000-\\u30ff\\u3400-\\u9fff]+', 'g') w,
             generate_series(1, greatest(length(w[1]) - 2, 1)) i
        UNION
        SELECT CASE WHEN length(w[1]) = 1 THEN w[1] ELSE substr(w[1], i, 2) END
        FROM regexp_matches(t, '[\\u3400-\\u9fff]+', 'g') w,
             generate_series(1, greatest(length(w[1]) - 1, 1)) i
    ) parts
$$
"""

FUNCTIONS = {
    "enter_shop(bigint, text)": ENTER_SHOP,
    "enter_by_key(text)": ENTER_BY_KEY,
    "enter_by_invitation(text)": ENTER_BY_INVITATION,
    "grams(text)": GRAMS,
    "query_grams(text)": QUERY_GRAMS,
}


class Migration(migrations.Migration):
    dependencies = [("ecomportal", "0001_initial")]
    operations = [
        migrations.RunSQL(sql, f"DROP FUNCTION {signature}") for signature, sql in FUNCTIONS.items()
    ]
