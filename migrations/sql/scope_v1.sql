-- Whom a transaction acts for: set by retail/access/scope.py with set_config(..., true), so it ends with it.
create function acting_id() returns uuid language sql stable
return nullif(current_setting('trueshelf.actor', true), '')::uuid;

-- The stores that an actor's assignments cover now. It reads the tables of people and stores as the
-- system, whoever asks; somebody who has left, and nobody at all, sees no store.
create function stores_seen_by(actor uuid) returns uuid[] language sql stable
begin atomic
    with held as (
        select a.store_ids, a.region_ids from assignment a
        left join person p on p.id = a.person_id
        left join channel_client c on c.id = a.channel_id
        where (a.person_id = actor or a.channel_id = actor)
            and a.valid_from <= now() and (a.valid_until is null or a.valid_until > now())
            and (p.left_at is null or p.left_at > now()) and c.revoked_at is null
    )
    select coalesce(array_agg(distinct seen.id), '{}') from (
        select s.id from store s
        where exists (select from held where store_ids is null and region_ids is null)
        union all select unnest(store_ids) from held
        union all select s.id from held join store s on s.region_id = any (held.region_ids)
    ) seen(id);
end;

create function visible_stores() returns uuid[] language sql stable
return stores_seen_by(acting_id());
