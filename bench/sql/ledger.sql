-- One slice of a ledger: the :turn-th movement of every level, the first an opening, the others sales of one unit.
-- Written in the order of time, as trade would write it (not level after level), with one request a sale, so that
-- heap and indexes look as after years of trade. `stock_level` is set once at the end, from the movements.
insert into movement (
    store_id, sku_id, version, movement_id, kind, quantity, reserved, counter_account, balance, amount_fen,
    occurred_at, recorded_at, actor_id, device, source, document_id)
select bench_id('8', s), bench_id('9', k), :turn, uuidv7(),
    case when :turn = 1 then 'opening' else 'sale' end,
    case when :turn = 1 then :opening else -1 end, 0,
    case when :turn = 1 then 'opening' else 'customer' end,
    :opening - :turn + 1, 100 + k, now(), now(), bench_id('c', 1), 'till-1', 'till', uuidv7()
from generate_series(1, :stores) s, generate_series(1, :skus) k order by random();

insert into applied_request (request_id, actor_id, operation, content_hash, answer)
select gen_random_uuid(), bench_id('c', 1), 'recordSale', uuid_send(document_id),
    jsonb_build_object('sale_id', document_id, 'recorded_at', recorded_at, 'clock_error_seconds', null,
        'total', amount_fen, 'balances', jsonb_build_array(balance), 'lines', jsonb_build_array(jsonb_build_object(
            'sku_id', sku_id, 'quantity', quantity, 'on_hand', 0, 'amount', amount_fen)))
from movement where version = :turn and kind = 'sale' and xid = pg_current_xact_id();
