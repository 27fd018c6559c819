-- The one writer of movements and levels, and of what the operation log says about them. Called by
-- retail/inventory/ledger.py only; it works as the role that alone may write those tables.
--
-- Requests (r_*) and lines (l_*) are parallel arrays; l_request is the 1-based place of a line's
-- request, 0 for a line without one. Order of work: refuse actors that do not see the stores they
-- write in, lock the stores' books (the heads of their logs, in order), create missing levels, then
-- look whether a request or an event (l_hash not null) is already known, then write the rest in one
-- statement. Because the look-up follows the locks, a twin that committed meanwhile is seen; where
-- twins share no store, the unique indexes decide and the caller tries again.
--
-- Each act (a_*, in the order of the stores; l_act is the 1-based place of a line's) becomes one entry of
-- its store's log: the caller's JSON, which ends in how many lines are written and the hash of their
-- digests (l_digest, of all that the caller decided about a line) in the order of SKU and of lines. Where
-- some lines of an act are known already, that end is made anew here from the lines that are written.
--
-- It is planned once a connection: planning for every call would cost ten times the work of a sale.
-- Such a plan must not depend on how full the tables were when it was made, so it goes by the indexes.
create function ledger_post(
    r_id uuid[], r_actor uuid[], r_operation text[], r_hash bytea[], r_answer text[],
    l_request int[], l_movement uuid[], l_hash bytea[], l_store uuid[], l_sku uuid[],
    l_kind text[], l_quantity int[], l_reserved int[], l_counter text[], l_amount bigint[],
    l_reason text[], l_note text[], l_occurred timestamptz[], l_recorded timestamptz[],
    l_clock_error int[],
    l_actor uuid[], l_device text[], l_latitude float8[], l_longitude float8[],
    l_source text[], l_document uuid[],
    l_digest bytea[], l_act int[], a_store uuid[], a_body text[],
    out request_known boolean[], out request_same boolean[], out request_answer text[],
    out line_known boolean[], out line_same boolean[], out line_balance int[]
) language plpgsql security definer
set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    known_requests int[] := '{}';
    twisted_requests int[] := '{}';  -- known, but with other content now
    known_events uuid[] := '{}';
    head_store uuid[];
    head_seq bigint[];
    head_hash bytea[];
    act_seq bigint[] := array_fill(null::bigint, array[cardinality(a_store)]);
    act_hash bytea[] := array_fill(null::bytea, array[cardinality(a_store)]);
    h int;
begin
    if exists (
        select from (
            select u.actor, array_agg(u.store_id) as stores
            from unnest(l_actor, l_store) u(actor, store_id) group by u.actor
        ) a
        where case when a.actor is null then acts_for_somebody() else not sees(a.actor, a.stores) end
    ) then
        raise insufficient_privilege using message = 'a line names a store that its actor does not see';
    end if;

    loop
        select array_agg(store_id), array_agg(seq), array_agg(hash) into head_store, head_seq, head_hash
        from (select * from log_head where store_id = any (a_store) order by store_id for update) locked;
        exit when a_store <@ head_store;
        insert into log_head (store_id) select distinct a from unnest(a_store) a order by 1 on conflict do nothing;
    end loop;

    if exists (
        select from unnest(l_store, l_sku) k(store_id, sku_id)
        where not exists (
            select from stock_level s where s.store_id = k.store_id and s.sku_id = k.sku_id)
    ) then
        insert into stock_level (store_id, sku_id)
        select distinct k.store_id, k.sku_id from unnest(l_store, l_sku) k(store_id, sku_id)
        on conflict do nothing;
    end if;

    request_known := array_fill(false, array[cardinality(r_id)]);
    request_same := request_known;
    request_answer := array_fill(null::text, array[cardinality(r_id)]);
    if exists (select from applied_request where request_id = any (r_id)) then
        -- A repeated request is touched, so that its answer too is confirmed by a commit.
        with touched as (
            update applied_request a set replays = a.replays + 1
            from unnest(r_id, r_actor, r_operation, r_hash) with ordinality
                as r(id, actor, operation, hash, n)
            where a.request_id = r.id
            returning r.n, a.answer::text, a.content_hash = r.hash and a.operation = r.operation
                and a.actor_id is not distinct from r.actor as same
        )
        select array_agg(t.n is not null order by r.n),
               array_agg(coalesce(t.same, false) order by r.n),
               array_agg(t.answer order by r.n),
               array_agg(r.n) filter (where t.n is not null),
               coalesce(array_agg(r.n) filter (where not t.same), '{}')
        into request_known, request_same, request_answer, known_requests, twisted_requests
        from generate_series(1, cardinality(r_id)) r(n) left join touched t on t.n = r.n;
    end if;

    line_known := array_fill(false, array[cardinality(l_store)]);
    line_same := line_known;
    line_balance := array_fill(null::int, array[cardinality(l_store)]);
    if exists (select from unnest(l_hash) h where h is not null)
        and exists (select from movement where movement_id = any (l_movement))
    then
        with seen as (
            select e.n, m.movement_id, m.balance,
                   m.content_hash = e.hash and m.actor_id is not distinct from e.actor as same
            from unnest(l_movement, l_hash, l_actor) with ordinality e(id, hash, actor, n)
            join movement m on m.movement_id = e.id
            where e.hash is not null
        )
        select coalesce(array_agg(s.movement_id) filter (where s.n is not null), '{}'),
               array_agg(s.n is not null order by g.n),
               array_agg(coalesce(s.same, false) order by g.n),
               array_agg(s.balance order by g.n)
        into known_events, line_known, line_same, line_balance
        from generate_series(1, cardinality(l_store)) g(n) left join seen s on s.n = g.n;
    end if;

    if known_requests <> '{}' or known_events <> '{}' then
        with line as (
            select * from unnest(l_act, l_request, l_movement, l_hash, l_sku, l_digest) with ordinality
                as u(act, request, movement_id, hash, sku_id, digest, n)
            where request <> all (case when hash is null then known_requests else twisted_requests end)
                and movement_id <> all (known_events)
        )
        select array_agg(split_part(a.body, ',"wrote":', 1) || w.wrote order by a.n) into a_body
        from unnest(a_body) with ordinality a(body, n) left join (
            select act, ',"wrote":{"lines":' || count(*) || ',"movements":"'
                || encode(sha256(string_agg(digest, ''::bytea order by sku_id, n)), 'hex') || '"}}' as wrote
            from line group by act
        ) w on w.act = a.n;
    end if;
    for act in 1 .. cardinality(a_store) loop
        continue when a_body[act] is null;
        h := array_position(head_store, a_store[act]);
        head_seq[h] := head_seq[h] + 1;
        head_hash[h] := sha256(head_hash[h] || log_link(a_store[act], head_seq[h], a_body[act]));
        act_seq[act] := head_seq[h];
        act_hash[act] := head_hash[h];
    end loop;

    with line as materialized (
        select * from unnest(
            l_request, l_movement, l_hash, l_store, l_sku, l_kind, l_quantity, l_reserved,
            l_counter, l_amount, l_reason, l_note, l_occurred, l_recorded, l_clock_error, l_actor,
            l_device, l_latitude, l_longitude, l_source, l_document, l_act
        ) with ordinality as u(
            request, movement_id, hash, store_id, sku_id, kind, quantity, reserved,
            counter_account, amount_fen, reason, note, occurred_at, recorded_at, clock_error,
            actor_id, device, latitude, longitude, source, document_id, act, n)
        -- An event is known by its own id, so a repeated call writes what it could not write before.
        where request <> all (case when hash is null then known_requests else twisted_requests end)
            and movement_id <> all (known_events)
    ), numbered as materialized (
        select line.*,
            s.version + row_number() over same_level as version,
            s.on_hand + sum(line.quantity) over same_level as balance
        from line join stock_level s
            on s.store_id = line.store_id and s.sku_id = line.sku_id
        window same_level as (partition by line.store_id, line.sku_id order by line.n)
    ), logged as (
        insert into operation_log (store_id, seq, body, hash)
        select a.store_id, a.seq, a.body, a.hash
        from unnest(a_store, act_seq, a_body, act_hash) a(store_id, seq, body, hash) where a.seq is not null
    ), headed as (
        update log_head s set seq = t.seq, hash = t.hash
        from unnest(head_store, head_seq, head_hash) t(store_id, seq, hash)
        where s.store_id = t.store_id and s.seq <> t.seq
    ), written as (
        insert into movement (
            store_id, sku_id, version, movement_id, kind, quantity, reserved, counter_account,
            balance, amount_fen, reason, note, occurred_at, recorded_at, clock_error_seconds,
            actor_id, device, latitude, longitude, source, document_id, content_hash, log_seq)
        select store_id, sku_id, version, movement_id, kind, quantity, reserved, counter_account,
            balance, amount_fen, reason, note, occurred_at, recorded_at, clock_error,
            actor_id, device, latitude, longitude, source, document_id, hash, act_seq[act]
        from numbered
    ), totalled as (
        update stock_level s set
            on_hand = s.on_hand + t.quantity,
            reserved = s.reserved + t.reserved,
            sold_units = s.sold_units + t.sold,
            version = s.version + t.movements
        from (
            select store_id, sku_id, sum(quantity) as quantity, sum(reserved) as reserved,
                coalesce(sum(-quantity) filter (where kind in ('sale', 'customer_return')), 0)
                    as sold,
                count(*) as movements
            from line group by store_id, sku_id
        ) t
        where s.store_id = t.store_id and s.sku_id = t.sku_id
    ), balances as (
        select request, jsonb_agg(balance order by n) as all_of_it
        from numbered where request > 0 group by request
    ), remembered as (
        insert into applied_request (
            request_id, actor_id, operation, content_hash, answer)
        select r.id, r.actor, r.operation, r.hash,
            r.answer::jsonb || jsonb_build_object('balances', b.all_of_it)
        from unnest(r_id, r_actor, r_operation, r_hash, r_answer) with ordinality
            as r(id, actor, operation, hash, answer, n)
        left join balances b on b.request = r.n
        where r.n <> all (known_requests)
    )
    select array_agg(coalesce(x.balance::int, line_balance[g.n]) order by g.n) into line_balance
    from generate_series(1, cardinality(l_store)) g(n) left join numbered x on x.n = g.n;
end
$$;
