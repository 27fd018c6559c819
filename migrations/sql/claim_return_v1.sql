-- How much of a sale can still come back, and the one way to take it.
--
-- A line of a sale is named by one of its movements; all movements of the same document, store and SKU belong to it
-- (they were written together, so their versions lie close). What an undone sale took back by an event of its own
-- (a customer's return that names the document, or the request that wrote it) counts as returned.
create function sale_line(
    line uuid,
    out store_id uuid, out sku_id uuid, out document_id uuid, out sold_at timestamptz, out sold int, out paid bigint,
    out undone int, out undone_fen bigint
) language plpgsql stable
set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    first movement;
begin
    select * into first from movement where movement_id = line and kind = 'sale';
    -- A return that was cancelled sold its goods again: that is no sale to bring anything back from.
    if first is null or exists (
        select from goods_return r where r.store_id = first.store_id and r.id = first.document_id
    ) then
        return;
    end if;
    store_id := first.store_id;
    sku_id := first.sku_id;
    document_id := first.document_id;
    select min(m.occurred_at), sum(-m.quantity), case when count(*) = count(m.amount_fen) then sum(m.amount_fen) end
    into sold_at, sold, paid
    from movement m
    where m.store_id = first.store_id and m.sku_id = first.sku_id
        and m.version between first.version - 500 and first.version + 500
        and m.kind = 'sale' and m.document_id = first.document_id;
    select coalesce(sum(m.quantity), 0), coalesce(sum(m.amount_fen), 0) into undone, undone_fen
    from movement m
    where m.store_id = first.store_id and m.sku_id = first.sku_id and m.version > first.version
        and m.kind = 'customer_return' and (
            m.document_id = first.document_id
            or exists (
                select from applied_request r
                where r.request_id = m.document_id and r.operation = 'recordSale'
                    and r.answer ->> 'sale_id' = first.document_id::text));
end
$$;

-- Take some of a line back, or nothing: `document_id` is null when there is no such line, `fits` false when more is
-- wanted than is left. Whoever asks for the same line waits until this transaction ends. The refund is what was paid
-- for as many as have come back by now, pro rata and rounded down, less what went out before.
create function claim_return(
    line uuid, wanted int,
    out store_id uuid, out sku_id uuid, out document_id uuid, out sold_at timestamptz, out sold int, out returned int,
    out refund bigint, out fits boolean
) language plpgsql
set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    found record;
    tally sale_tally;
begin
    select * into found from sale_line(line);
    if found.document_id is null then
        return;
    end if;
    insert into sale_tally (store_id, document_id, sku_id)
    values (found.store_id, found.document_id, found.sku_id) on conflict do nothing;
    select * into tally from sale_tally t
    where t.store_id = found.store_id and t.document_id = found.document_id and t.sku_id = found.sku_id
    for update;
    select f.store_id, f.sku_id, f.document_id, f.sold_at, f.sold, tally.units + f.undone
    into store_id, sku_id, document_id, sold_at, sold, returned
    from sale_line(line) f;
    fits := wanted <= sold - returned;
    if fits then
        -- Unknown where what was paid is unknown: `greatest` alone would take null for nothing.
        if found.paid is not null then
            refund := greatest(
                floor(found.paid::numeric * (returned + wanted) / sold)::bigint - tally.fen - found.undone_fen, 0);
        end if;
        update sale_tally t set units = t.units + wanted, fen = t.fen + coalesce(refund, 0)
        where t.store_id = tally.store_id and t.document_id = tally.document_id and t.sku_id = tally.sku_id;
    end if;
end
$$;

-- A cancelled return gives its claim back; once, because the row of the return says when it was cancelled.
create function unclaim_return(store uuid, id uuid) returns void language sql
set search_path = public, pg_temp
as $$
    update sale_tally t set units = t.units - r.units, fen = t.fen - coalesce(r.refund_fen, 0)
    from goods_return r
    where r.store_id = store and r.id = unclaim_return.id and t.store_id = r.sale_store_id
        and t.document_id = r.sale_document_id and t.sku_id = r.sku_id
$$;
