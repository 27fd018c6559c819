-- Whether a sale of a store has this id: as its document, as one of its events, or on the shelf of one thing.
create function names_sale(store uuid, sku uuid, id uuid) returns boolean language sql stable
set search_path = public, pg_temp
as $$
    with at as (select ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint as moment)
    select exists (
        select from movement m where m.movement_id = names_sale.id and m.store_id = store and m.kind = 'sale'
    ) or exists (
        select from at, movement m
        where m.movement_id >= (lpad(to_hex(greatest(at.moment - 50, 0)), 12, '0') || repeat('0', 20))::uuid
            and m.movement_id < (lpad(to_hex(least(at.moment + 2000, 281474976710655)), 12, '0') || repeat('0', 20))::uuid
            and m.store_id = store and m.document_id = names_sale.id and m.kind = 'sale'
    ) or exists (
        select from movement m
        where m.store_id = store and m.sku_id = sku and m.document_id = names_sale.id and m.kind = 'sale'
    )
$$;
