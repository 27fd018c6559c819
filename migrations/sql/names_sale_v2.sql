-- Whether a sale of a store has this id: as one of its events, or as its document. A document is looked for among
-- the baskets that the sums of sales know, and among the movements that the sums have not followed yet; so the cost
-- does not grow with what a store has sold.
create function names_sale(store uuid, id uuid) returns boolean language sql stable
set search_path = public, pg_temp
as $$
    select exists (
        select from movement m where m.movement_id = names_sale.id and m.store_id = store and m.kind = 'sale'
    ) or exists (
        select from basket b where b.store_id = store and b.document_id = names_sale.id
    ) or exists (
        select from movement m
        where m.xid >= coalesce((select p.xid from projection p where p.name = 'sales'), '0'::xid8)
            and m.store_id = store and m.document_id = names_sale.id and m.kind = 'sale'
    )
$$;
