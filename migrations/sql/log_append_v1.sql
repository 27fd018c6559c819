-- One entry of the operation log outside the ledger. Called by retail/audit/log.py only.
-- Whoever acts for somebody may log in no other name, and at no store that the actor does not see.
create function log_append(at_store uuid, entry text) returns bigint language plpgsql as $$
declare
    number bigint;
    link bytea;
begin
    if acts_for_somebody() and (
        ((entry::jsonb ->> 'actor')::uuid = acting_id()) is not true
        or at_store <> all (visible_stores() || '00000000-0000-0000-0000-000000000000'::uuid)
    ) then
        raise insufficient_privilege using message = 'an act may be logged in one''s own name and stores only';
    end if;
    insert into log_head (store_id) values (at_store) on conflict do nothing;
    update log_head h set seq = h.seq + 1, hash = sha256(h.hash || log_link(h.store_id, h.seq + 1, entry))
        where h.store_id = at_store
        returning h.seq, h.hash into number, link;
    insert into operation_log (store_id, seq, body, hash) values (at_store, number, entry, link);
    return number;
end
$$;
