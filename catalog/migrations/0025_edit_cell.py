"""One field of one product, saved from the list by one function: it is the most frequent write of
all, and asking for each of its steps took longer than the steps."""

from django.db import migrations

# It runs as whoever calls it, so row-level security holds. The product is locked before its
# variant is read, so what is compared is what was saved last. `told` is the title of the change;
# the product's own stands in it where "\u001f" does.
EDIT = """
CREATE FUNCTION edit_cell(
    shop bigint, person bigint, person_name text, address inet, of_product uuid, of_variant uuid,
    field text, wanted text, was text, change uuid, told text
) RETURNS TABLE (outcome text, title text)
LANGUAGE plpgsql AS $$
DECLARE
    is_of_variant boolean := field IN ('price', 'stock');
    the_column text := CASE field WHEN 'price' THEN 'price_cents' ELSE field END;
    p record;
    v_id uuid;
    v_price bigint;
    v_stock integer;
    n_variants integer;
    now_is text;
    before jsonb;
    after jsonb;
BEGIN
    SELECT one.title, one.status, one.version INTO p FROM catalog_product one
    WHERE one.merchant_id = shop AND one.id = of_product AND one.deleted_at IS NULL
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    IF is_of_variant THEN
        SELECT count(*), (array_agg(one.id))[1], max(one.price_cents), max(one.stock)
        INTO n_variants, v_id, v_price, v_stock
        FROM catalog_variant one
        WHERE one.merchant_id = shop AND one.product_id = of_product AND one.deleted_at IS NULL
          AND (of_variant IS NULL OR one.id = of_variant);
        IF n_variants <> 1 THEN RETURN; END IF;
    END IF;
    title := p.title;
    now_is := CASE field WHEN 'title' THEN p.title WHEN 'status' THEN p.status
                         WHEN 'price' THEN v_price::text ELSE v_stock::text END;
    outcome := CASE WHEN now_is = wanted THEN 'same' WHEN now_is = was THEN 'saved'
                    ELSE 'conflict' END;
    IF outcome = 'saved' THEN
        PERFORM set_config('pghistory.context_id', gen_random_uuid()::text, true),
            set_config('pghistory.context_metadata', json_build_object(
                'user', person, 'source', 'list', 'change', change)::text, true);
        CASE field
        WHEN 'title' THEN
            UPDATE catalog_product one SET title = wanted, updated_at = now()
            WHERE one.id = of_product;
        WHEN 'status' THEN
            UPDATE catalog_product one SET status = wanted, updated_at = now()
            WHERE one.id = of_product;
        WHEN 'price' THEN
            UPDATE catalog_variant one SET price_cents = wanted::bigint WHERE one.id = v_id;
        WHEN 'stock' THEN
            UPDATE catalog_variant one SET stock = wanted::integer WHERE one.id = v_id;
        END CASE;
        IF is_of_variant THEN
            before := jsonb_build_object('variants', jsonb_build_object(
                v_id, jsonb_build_object(the_column, now_is::bigint)));
            after := jsonb_build_object('variants', jsonb_build_object(
                v_id, jsonb_build_object(the_column, wanted::bigint)));
        ELSE
            before := jsonb_build_object('product', jsonb_build_object(the_column, now_is));
            after := jsonb_build_object('product', jsonb_build_object(the_column, wanted));
        END IF;
        INSERT INTO catalog_change (id, merchant_id, kind, title, created_by_id, created_at, n_rows)
        VALUES (change, shop, 'edit', replace(told, '"\\u001f"', to_json(p.title)::text), person,
                now(), 1);
        INSERT INTO catalog_changerow (merchant_id, change_id, product_id, label, before, after,
            version_before, version_after, state, why)
        VALUES (shop, change, of_product, CASE field WHEN 'title' THEN wanted ELSE p.title END,
                before, after, p.version,
                p.version + 1,  -- the trigger's one step, under our lock
                'written', '');
        INSERT INTO ecomportal_auditentry (merchant_id, actor_id, actor_label, action, subject,
            detail, ip_address, at)
        VALUES (shop, person, person_name, 'product.saved', left(ltrim(p.title, chr(30)), 200),
                jsonb_build_object('product', of_product), address, now());
    END IF;
    RETURN NEXT;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0024_fewer_keys"), ("ecomportal", "0007_live_jobs")]
    operations = [
        migrations.RunSQL(
            EDIT,
            "DROP FUNCTION edit_cell(bigint, bigint, text, inet, uuid, uuid, text, text, text, "
            "uuid, text)",
        )
    ]
