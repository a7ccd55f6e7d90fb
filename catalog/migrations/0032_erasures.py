"""What is kept of customers who were erased, the erasure itself, and the guard that none returns."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Words that stand for a person are taken out of everything people or programs wrote down: records
# of what was done, jobs, answers kept for repeated calls, files' rows. `[erased]` says that there
# was one.
WORDS = r"""
CREATE FUNCTION erasure_fingerprint(shop bigint, number text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(shop || ':' || number, 'UTF8')), 'hex')
$$;

CREATE FUNCTION in_address(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- As a query string spells it.
    SELECT coalesce(string_agg(
        CASE WHEN c ~ '^[A-Za-z0-9_.~-]$' THEN c WHEN c = ' ' THEN '+'
             ELSE regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g')
        END, '' ORDER BY n), '')
    FROM regexp_split_to_table(word, '') WITH ORDINALITY letters (c, n)
$$;

CREATE FUNCTION any_of(words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '(?:' || string_agg(regexp_replace(w, '([^[:alnum:][:space:]])', '\\\1', 'g'), '|'
                               ORDER BY length(w) DESC) || ')'
    FROM unnest(words) w
$$;

CREATE FUNCTION words_pattern(sure text[], whole text[], as_json boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    -- Sure ones are found anywhere, though not as part of a longer word; of the others, which also
    -- mean something else, only where a text is nothing but the word.
    SELECT array_to_string(ARRAY[
        '(?<![[:alnum:]])' || any_of(sure) || '(?![[:alnum:]])',
        CASE WHEN as_json THEN '"' || any_of(whole) || '\\*"' ELSE '^' || any_of(whole) || '$' END
    ], '|')
$$;

CREATE FUNCTION without_words(content jsonb, pattern text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(content)
    WHEN 'string' THEN RETURN to_jsonb(without_words(content #>> '{}', pattern));
    WHEN 'number' THEN
        -- A short number is more likely a count.
        RETURN CASE WHEN length(content #>> '{}') >= 6 AND content #>> '{}' ~ pattern
                    THEN 'null'::jsonb ELSE content END;
    WHEN 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(without_words(e, pattern) ORDER BY n), '[]')
                FROM jsonb_array_elements(content) WITH ORDINALITY a (e, n));
    WHEN 'object' THEN
        RETURN (SELECT coalesce(jsonb_object_agg(
                    regexp_replace(k, pattern, '[erased]', 'gi'), without_words(v, pattern)), '{}')
                FROM jsonb_each(content) o (k, v));
    ELSE RETURN content;
    END CASE;
END $$;

CREATE FUNCTION without_words(content text, pattern text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    -- A stored message is JSON behind a mark: a number in it is no word, and must stay one.
    IF left(content, 1) = E'\x1e' THEN
        RETURN E'\x1e' || without_words(substr(content, 2)::jsonb, pattern)::text;
    END IF;
    RETURN regexp_replace(content, pattern, '[erased]', 'gi');
EXCEPTION WHEN invalid_text_representation THEN
    RETURN regexp_replace(content, pattern, '[erased]', 'gi');
END $$;

CREATE FUNCTION without_words(content text[], pattern text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(without_words(e, pattern) ORDER BY n), '{}')
    FROM unnest(content) WITH ORDINALITY a (e, n)
$$;
"""

# Rows that point at a row go with it; where a column may be empty, it is emptied instead.
ROWS = """
CREATE FUNCTION forget_rows(shop bigint, place regclass, key text, keys text[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    own text;
    ids text[];
    child record;
    n bigint;
    counts jsonb := '{}';
BEGIN
    SELECT a.attname INTO own FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = place AND i.indisprimary;
    EXECUTE format('SELECT coalesce(array_agg(%I::text), ''{}'') FROM %s '
                   'WHERE merchant_id = $1 AND %I = ANY ($2::%s[])',
                   own, place, key, column_type(place, key)) INTO ids USING shop, keys;
    IF cardinality(ids) = 0 THEN
        RETURN counts;
    END IF;
    FOR child IN SELECT * FROM columns_that_point_at(place) LOOP
        IF child.may_be_empty THEN
            EXECUTE format('UPDATE %s SET %I = NULL WHERE merchant_id = $1 AND %I = ANY ($2::%s[])',
                           child.place, child.col, child.col, column_type(child.place, child.col))
                    USING shop, ids;
        ELSE
            counts := add_counts(counts, forget_rows(shop, child.place, child.col, ids));
        END IF;
    END LOOP;
    EXECUTE format('DELETE FROM %s WHERE merchant_id = $1 AND %I = ANY ($2::%s[])',
                   place, key, column_type(place, key)) USING shop, keys;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN add_counts(counts, jsonb_build_object(place::text, n));
END $$;

CREATE FUNCTION column_type(place regclass, col text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = place AND attname = col
$$;

CREATE FUNCTION add_counts(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(k, n), '{}') FROM (
        SELECT k, sum(v::bigint) AS n
        FROM (SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b)) x (k, v)
        GROUP BY k) y
$$;

-- By its foreign keys; a table of customers' rows without one is found by the column's name.
CREATE FUNCTION columns_that_point_at(target regclass)
RETURNS TABLE (place regclass, col text, may_be_empty boolean)
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT DISTINCT c.oid::regclass, a.attname::text, NOT a.attnotnull
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname <> 'merchant_id'
      AND EXISTS (SELECT FROM pg_attribute m WHERE m.attrelid = c.oid
                  AND m.attname = 'merchant_id' AND NOT m.attisdropped)
      AND (EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                   AND k.conparentid = 0 AND k.confrelid = target AND a.attnum = ANY (k.conkey))
           OR target = 'catalog_customer'::regclass AND a.attname = 'customer_id'
              AND c.oid <> target)
$$;
"""

# Tables in which no words are looked for: what stands in those of goods and settings comes from no
# customer; rows of other customers are theirs, with what they wrote, even where a name is the same;
# rows of imports are emptied by `catalog.orders.imports.forget`, which knows whose they are.
NOT_READ = (
    "catalog_attribute catalog_category catalog_change catalog_changerow catalog_currencyrate "
    "catalog_exportchoice catalog_fact catalog_factdemand catalog_faqarticle catalog_feed "
    "catalog_feedproblem catalog_importrow catalog_importrun catalog_importedproduct "
    "catalog_missingcount catalog_policy catalog_product catalog_productfigures "
    "catalog_productimage catalog_producttext catalog_savedmapping catalog_variant "
    "catalog_factevent catalog_productevent catalog_producttextevent catalog_variantevent "
    "aiassist_approvedtext aiassist_draft aiassist_draftrule aiassist_enginechoice "
    "aiassist_exemption aiassist_frozencase aiassist_glossaryedit aiassist_glossaryterm "
    "aiassist_textband ecomportal_apikey ecomportal_membership catalog_erasure "
    "catalog_customer catalog_order catalog_orderline catalog_conversation catalog_utterance "
    "catalog_interaction catalog_intakerow aiassist_customerprofile aiassist_conversationreading"
)

ERASE = """
CREATE FUNCTION tables_not_read() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT string_to_array('{tables}', ' ')
$$;

-- Takes words out of every text of the shop's other tables.
CREATE FUNCTION forget_words(shop bigint, sure text[], whole text[], ids uuid[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    t record;
    n bigint;
    counts jsonb := '{{}}';
BEGIN
    FOR t IN
        SELECT c.oid::regclass AS place,
            string_agg(CASE WHEN kind = 'uuid'
                THEN format('%I = CASE WHEN %I = ANY ($3) THEN NULL ELSE %I END', col, col, col)
                ELSE format('%I = without_words(%I::%s, $2)::%s', col, col, kind, type)
            END, ', ') AS changes,
            string_agg(CASE WHEN kind = 'uuid' THEN format('%I = ANY ($3)', col)
                WHEN kind = 'text' THEN format('%I ~* $2 OR %I ~* $4', col, col)
                ELSE format('%I::text ~* $4', col)
            END, ' OR ') AS conditions
        FROM pg_class c
        JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = 'public'
        JOIN LATERAL (
            SELECT a.attname AS col, format_type(a.atttypid, a.atttypmod) AS type,
                CASE WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype) THEN 'text'
                     WHEN a.atttypid = 'jsonb'::regtype THEN 'jsonb'
                     WHEN a.atttypid IN ('text[]'::regtype, 'varchar[]'::regtype) THEN 'text[]'
                     WHEN a.atttypid = 'uuid'::regtype AND NOT a.attnotnull THEN 'uuid'
                END AS kind
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        ) columns ON kind IS NOT NULL
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname <> ALL (tables_not_read())
          AND EXISTS (SELECT FROM pg_attribute m WHERE m.attrelid = c.oid
                      AND m.attname = 'merchant_id' AND NOT m.attisdropped)
        GROUP BY c.oid
    LOOP
        EXECUTE format('UPDATE %s SET %s WHERE merchant_id = $1 AND (%s)',
                       t.place, t.changes, t.conditions) USING shop, words_pattern(sure, whole, false), ids, words_pattern(sure, whole, true);
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n > 0 THEN
            counts := counts || jsonb_build_object(t.place::text, n);
        END IF;
    END LOOP;
    RETURN counts;
END $$;

-- An order as accounts need it, under a fresh number that leads nowhere: what, how much, which day.
CREATE FUNCTION cut_orders_loose(shop bigint, person uuid) RETURNS bigint
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    old record;
    fresh uuid;
    zone text;
    n bigint := 0;
BEGIN
    SELECT timezone INTO zone FROM ecomportal_merchant WHERE id = shop;
    FOR old IN SELECT * FROM catalog_order WHERE merchant_id = shop AND customer_id = person LOOP
        fresh := gen_random_uuid();
        INSERT INTO catalog_order (id, merchant_id, customer_id, number, status, currency,
                                   total_cents, refunded_cents, ordered_at, changed_at)
        VALUES (fresh, shop, NULL, 'erased-' || translate(fresh::text, '-', ''), old.status,
                old.currency, old.total_cents, old.refunded_cents,
                date_trunc('day', old.ordered_at AT TIME ZONE zone) AT TIME ZONE zone, now());
        UPDATE catalog_orderline l SET order_id = fresh, line_number = k.n::text
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS n
              FROM catalog_orderline WHERE merchant_id = shop AND order_id = old.id) k
        WHERE l.id = k.id;
        n := n + 1;
    END LOOP;
    RETURN n;
END $$;

-- Whatever was read before an erasure and is written after it is refused.
CREATE FUNCTION refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_erasure e
               WHERE e.lifted_at IS NULL
                 AND e.merchant_id IN (SELECT DISTINCT merchant_id FROM new_rows))
       AND EXISTS (SELECT FROM new_rows n JOIN catalog_erasure e
                   ON e.merchant_id = n.merchant_id AND e.lifted_at IS NULL
                   AND e.key_hash = erasure_fingerprint(n.merchant_id, n.external_id)) THEN
        RAISE EXCEPTION 'A customer with this number was erased.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_not_erased';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_erased AFTER INSERT ON catalog_customer
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_erased();

CREATE FUNCTION refuse_erased_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_erasure e
               WHERE e.merchant_id = NEW.merchant_id AND e.lifted_at IS NULL
                 AND e.key_hash = erasure_fingerprint(NEW.merchant_id, NEW.external_id)) THEN
        RAISE EXCEPTION 'A customer with this number was erased.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_not_erased';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_erased_number BEFORE UPDATE OF external_id ON catalog_customer
    FOR EACH ROW WHEN (OLD.external_id IS DISTINCT FROM NEW.external_id)
    EXECUTE FUNCTION refuse_erased_number();
"""

ERASE_CUSTOMER = """
-- All that a shop keeps of a customer, by every table that points at her and every text that names
-- her. It runs as the owner, because the app may not touch records of what was done; so it looks
-- itself whether the shop is the one at hand. NULL where there is no such customer.
CREATE OR REPLACE FUNCTION erase_customer(
    shop bigint, person uuid, with_orders boolean, by_user bigint
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    her record;
    orders uuid[];
    chats uuid[];
    words text[];
    names text[];
    visitors text[];
    sessions text[];
    sure text[];
    whole text[];
    pointing record;
    n bigint;
    counts jsonb := '{}';
BEGIN
    IF shop IS DISTINCT FROM nullif(current_setting('app.merchant_id', true), '')::bigint THEN
        RAISE EXCEPTION 'The shop is not the one at hand.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO her FROM catalog_customer WHERE merchant_id = shop AND id = person FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    orders := ARRAY(SELECT id FROM catalog_order WHERE merchant_id = shop AND customer_id = person);
    chats := ARRAY(SELECT id FROM catalog_conversation
                   WHERE merchant_id = shop AND (customer_id = person OR order_id = ANY (orders)));
    names := ARRAY[her.name];
    words := ARRAY[her.external_id]
        || ARRAY(SELECT number FROM catalog_order WHERE id = ANY (orders))
        || ARRAY(SELECT external_id FROM catalog_conversation WHERE id = ANY (chats));
    sessions := ARRAY(SELECT DISTINCT session_id FROM catalog_interaction
                      WHERE merchant_id = shop AND customer_id = person AND session_id <> '');
    visitors := ARRAY(SELECT anonymous_id FROM catalog_anonymousid
                      WHERE merchant_id = shop AND customer_id = person);
    -- Rows of imports that are about her, written or not, say nothing and are not written any more.
    UPDATE catalog_intakerow i SET key = '', payload = '[]', diff = '[]', problems = '[]',
        raw = '[]', before = '{}', subject_id = NULL, made_customer = NULL, is_included = false,
        undo = 'stays'
    FROM catalog_intakerun r
    WHERE i.merchant_id = shop AND r.id = i.run_id AND (
        i.subject_id = ANY (orders || person) OR i.made_customer = person
        OR r.subject = 'customers' AND i.key = her.external_id
        OR r.subject = 'orders' AND i.key <> '' AND i.key = ANY (words)
        OR concat(i.payload, i.before, i.diff) ~
            ('"(?:customer|external_id|before|after)": '
             || any_of(ARRAY[to_json(her.external_id)::text]))
        OR concat(i.payload, i.before, i.raw) ~ any_of(ARRAY(
            SELECT w FROM unnest(ARRAY[her.email_sha256, her.phone_sha256, person::text]) w
            WHERE w <> ''))
        OR cells_name_customer(r.header, r.mapping, i.raw, her.external_id));
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        counts := counts || jsonb_build_object('catalog_intakerow', n);
    END IF;
    words := words || sessions || visitors;
    -- A name of one word is also a word; a short number is also a number.
    sure := ARRAY[her.email_sha256, her.phone_sha256, her.phone_digits_sha256, person::text]
        || orders::text[] || chats::text[]
        || ARRAY(SELECT w FROM unnest(names) w
                 WHERE w ~ '\\S\\s+\\S' OR w ~ '[\\u3400-\\u9fff]{2,}')
        || ARRAY(SELECT w FROM unnest(words) w
                 WHERE length(w) >= 6 OR length(w) >= 4 AND w ~ '[0-9]' AND w ~ '[^0-9]');
    sure := sure || ARRAY(SELECT in_address(w) FROM unnest(sure) w WHERE in_address(w) <> w)
        || ARRAY(SELECT s FROM (SELECT trim(both '"' FROM to_json(w)::text) AS s, w
                                FROM unnest(sure) w) spelled WHERE s <> w);
    whole := ARRAY(SELECT w FROM unnest(names || words) w WHERE w <> '' AND w <> ALL (sure));
    sure := ARRAY(SELECT w FROM unnest(sure) w WHERE w <> '');

    counts := add_counts(counts, forget_rows(shop, 'catalog_conversation', 'id', chats::text[]));
    IF NOT with_orders THEN
        PERFORM cut_orders_loose(shop, person);
    END IF;
    -- What she did before she signed in.
    DELETE FROM catalog_interaction WHERE merchant_id = shop AND customer_id IS NULL
        AND (anonymous_id = ANY (visitors) OR session_id = ANY (sessions));
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        counts := counts || jsonb_build_object('catalog_interaction', n);
    END IF;
    FOR pointing IN SELECT * FROM columns_that_point_at('catalog_customer') LOOP
        counts := add_counts(
            counts, forget_rows(shop, pointing.place, pointing.col, ARRAY[person::text]));
    END LOOP;
    DELETE FROM catalog_customer WHERE merchant_id = shop AND id = person;
    counts := add_counts(counts, '{"catalog_customer": 1}');
    counts := add_counts(counts, forget_words(shop, sure, whole, ARRAY[person] || orders || chats));
    -- The platform's own record of edits has no shop; its rows name what they are about by its id.
    DELETE FROM django_admin_log
    WHERE object_id = ANY (ARRAY[person::text] || orders::text[] || chats::text[]);
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        counts := counts || jsonb_build_object('django_admin_log', n);
    END IF;
    INSERT INTO catalog_erasure (merchant_id, key_hash, contact_hash, has_kept_orders, counts,
                                 erased_by_id, at)
    VALUES (shop, erasure_fingerprint(shop, her.external_id),
            CASE WHEN her.email_sha256 = '' THEN ''
                 ELSE erasure_fingerprint(shop, her.email_sha256) END,
            NOT with_orders, counts, by_user, clock_timestamp());
    RETURN counts;
END $$;
"""

GONE = """
DROP TRIGGER refuse_erased_number ON catalog_customer;
DROP TRIGGER refuse_erased ON catalog_customer;
DROP FUNCTION refuse_erased_number(), refuse_erased();
DROP FUNCTION erase_customer(bigint, uuid, boolean, bigint);
DROP FUNCTION cut_orders_loose(bigint, uuid), forget_words(bigint, text[], text[], uuid[]);
DROP FUNCTION tables_not_read();
DROP FUNCTION columns_that_point_at(regclass), add_counts(jsonb, jsonb);
DROP FUNCTION column_type(regclass, text), forget_rows(bigint, regclass, text, text[]);
DROP FUNCTION without_words(text[], text), without_words(text, text), without_words(jsonb, text);
DROP FUNCTION words_pattern(text[], text[], boolean), any_of(text[]), in_address(text), erasure_fingerprint(bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0031_intake"),
        ("ecomportal", "0008_web_sessions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key_hash",
                    models.CharField(max_length=64, verbose_name="fingerprint of the number"),
                ),
                (
                    "contact_hash",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="fingerprint of the e-mail"
                    ),
                ),
                (
                    "has_kept_orders",
                    models.BooleanField(
                        default=True, verbose_name="orders kept without the customer"
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="rows taken")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="erased"),
                ),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="let in again"),
                ),
                (
                    "erased_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasures",
                        to="ecomportal.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "indexes": [
                    models.Index(fields=["merchant", "-at", "-id"], name="erasure_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("merchant", "key_hash"),
                        name="erasure_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(ERASE.format(tables=NOT_READ), GONE),
        migrations.RunSQL(ERASE_CUSTOMER, migrations.RunSQL.noop),
    ]
