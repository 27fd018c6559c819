-- Both checks of the ledger, read from PostgreSQL by itself: every level is the sum of its movements, with versions
-- 1, 2, 3 ... and balances that add up; and what levels gained, the counter-accounts gave. Returns the faults.
select (
    select count(*) from stock_level l full join (
        select store_id, sku_id, sum(quantity) as on_hand, sum(reserved) as reserved, count(*) as movements,
            max(version) as version, (array_agg(balance order by version desc))[1] as balance
        from movement group by store_id, sku_id) m using (store_id, sku_id)
    where (l.on_hand, l.reserved, l.version, l.version, l.on_hand)
        is distinct from (m.on_hand, m.reserved, m.movements, m.version, m.balance)
) + (
    select count(*) from (
        select (select sum(on_hand) from stock_level) - (
            select coalesce(sum(quantity) filter (where counter_account <> 'none'), 0) from movement) as lost) c
    where lost <> 0);
