-- What of a sale can still be undone, by whoever sold it. The sale is named by one of its movements (an event of its
-- own), by its document, or by the request that made it; its lines are found by the time inside the id, which is a
-- UUIDv7 of the server. Whoever asks for the same line, or brings goods of it back, waits until this transaction ends.
create function undo_line(
    store uuid, sku uuid, sale uuid,
    out line uuid, out sold int, out returned int, out paid bigint, out paid_back bigint, out sold_by uuid,
    out recorded_at timestamptz
) language plpgsql
set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    document uuid;
    moment bigint;
    first movement;
    found record;
    tally sale_tally;
begin
    select * into first from movement m
    where m.movement_id = undo_line.sale and m.store_id = store and m.sku_id = sku and m.kind = 'sale';
    if first is null then
        select coalesce(
            (select (r.answer ->> 'sale_id')::uuid from applied_request r
             where r.request_id = undo_line.sale and r.operation = 'recordSale' and r.answer is not null),
            undo_line.sale) into document;
        moment := ('x' || left(replace(document::text, '-', ''), 12))::bit(48)::bigint;
        select * into first from movement m
        where m.movement_id >= (lpad(to_hex(greatest(moment - 50, 0)), 12, '0') || repeat('0', 20))::uuid
            and m.movement_id < (lpad(to_hex(least(moment + 2000, 281474976710655)), 12, '0') || repeat('0', 20))::uuid
            and m.store_id = store and m.sku_id = sku and m.document_id = document and m.kind = 'sale'
        order by m.version limit 1;
    end if;
    select * into found from sale_line(first.movement_id);
    if found.document_id is null then
        return;
    end if;
    insert into sale_tally (store_id, document_id, sku_id)
    values (found.store_id, found.document_id, found.sku_id) on conflict do nothing;
    select * into tally from sale_tally t
    where t.store_id = found.store_id and t.document_id = found.document_id and t.sku_id = found.sku_id
    for update;
    -- Again, as it is now that nobody else takes any of it back.
    select first.movement_id, f.sold, tally.units + f.undone, f.paid, tally.fen + f.undone_fen,
        first.actor_id, first.recorded_at
    into line, sold, returned, paid, paid_back, sold_by, recorded_at
    from sale_line(first.movement_id) f;
end
$$;

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
