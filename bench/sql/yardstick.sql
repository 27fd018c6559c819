-- The yardstick: the same sale, by the same tables with the same indexes and checks, in a schema of its own and one
-- round trip. Nobody is asked who he is, nothing is looked up, no request is recognised and nobody is told.
create schema yardstick;
create table yardstick.stock_level (like stock_level including all) with (fillfactor = 60);
create table yardstick.movement (like movement including all);
create table yardstick.applied_request (like applied_request including all);
insert into yardstick.stock_level select * from stock_level order by store_id, sku_id;

create function yardstick.sell(request uuid, store uuid, sku uuid, out on_hand int) language plpgsql as $$
#variable_conflict use_column
declare
    level_version bigint;
    sale constant uuid := uuidv7();
begin
    update yardstick.stock_level l
    set on_hand = l.on_hand - 1, sold_units = l.sold_units + 1, version = l.version + 1
    where l.store_id = store and l.sku_id = sku
    returning l.on_hand, l.version into sell.on_hand, level_version;
    insert into yardstick.movement (
        store_id, sku_id, version, movement_id, kind, quantity, reserved, counter_account, balance, amount_fen,
        occurred_at, recorded_at, actor_id, device, source, document_id)
    values (store, sku, level_version, uuidv7(), 'sale', -1, 0, 'customer', sell.on_hand, 100, now(), now(),
        '00000000-0000-7000-c000-000000000001', 'till-1', 'till', sale);
    insert into yardstick.applied_request (request_id, actor_id, operation, content_hash, answer)
    values (request, '00000000-0000-7000-c000-000000000001', 'recordSale', uuid_send(sale),
        jsonb_build_object('sale_id', sale, 'recorded_at', now(), 'clock_error_seconds', null, 'total', 100,
            'balances', jsonb_build_array(sell.on_hand), 'lines', jsonb_build_array(jsonb_build_object(
                'sku_id', sku, 'quantity', -1, 'on_hand', 0, 'amount', 100))));
end
$$;
