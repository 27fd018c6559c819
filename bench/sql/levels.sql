-- The running totals of what ledger.sql wrote, and the sums of sales taken as followed up to here: how fast history
-- is summed is not what is measured.
insert into stock_level (store_id, sku_id, on_hand, safety_stock, sold_units, version)
select store_id, sku_id, sum(quantity), 5, coalesce(-sum(quantity) filter (where kind = 'sale'), 0), count(*)
from movement group by store_id, sku_id order by store_id, sku_id;
insert into projection (name, xid) values ('sales', pg_snapshot_xmax(pg_current_snapshot()))
on conflict (name) do update set xid = excluded.xid;
