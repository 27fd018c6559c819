-- Movements that are older than the operation log: the first entry of each store's chain vouches for all
-- of them, by the digests that retail/inventory/lines.py would make. Written in the order of SKU and version.
do $$
declare
    store record;
begin
    for store in
        select m.store_id, count(*) as lines, sha256(string_agg(sha256(convert_to(
            '["' || m.movement_id || '","' || m.store_id || '","' || m.sku_id || '",' || to_json(m.kind)
            || ',' || m.quantity || ',' || m.reserved || ',' || to_json(m.counter_account)
            || ',' || coalesce(m.amount_fen::text, 'null')
            || ',' || coalesce(to_json(m.reason)::text, 'null') || ',' || coalesce(to_json(m.note)::text, 'null')
            || ',"' || replace(to_char(m.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')
            || '","' || replace(to_char(m.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')
            || '",' || coalesce(m.clock_error_seconds::text, 'null')
            || ',' || coalesce('"' || m.actor_id || '"', 'null') || ',' || coalesce(to_json(m.device)::text, 'null')
            || ',' || coalesce('"' || encode(float8send(m.latitude), 'hex') || '"', 'null')
            || ',' || coalesce('"' || encode(float8send(m.longitude), 'hex') || '"', 'null')
            || ',' || to_json(m.source) || ',"' || m.document_id || '"'
            || ',' || coalesce('"' || encode(m.content_hash, 'hex') || '"', 'null') || ']', 'UTF8')), ''::bytea
            order by m.sku_id, m.version)) as digest
        from movement m group by m.store_id order by m.store_id
    loop
        perform log_append(store.store_id, '{"act":"ledger.adopted","actor":null,"at":"'
            || to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","lines":' || store.lines
            || ',"movements":"' || encode(store.digest, 'hex') || '"}');
    end loop;
end
$$;
