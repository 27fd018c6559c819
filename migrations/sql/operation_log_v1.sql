-- What an entry adds to its chain: whose it is, its number and the hash of its body (so that a proof of
-- an entry need not show the bodies of those that follow it). Its hash is SHA-256 over the hash before it
-- and this.
create function log_link(at_store uuid, number bigint, entry text) returns bytea
language sql stable parallel safe
return uuid_send(at_store) || int8send(number) || sha256(convert_to(entry, 'UTF8'));

-- Whether the caller's role is the one that acts for somebody, also inside a function of another role.
create function acts_for_somebody() returns boolean language sql stable
return coalesce(nullif(current_setting('role'), 'none'), session_user) = 'trueshelf_app';

-- The assignments of an actor that hold now, of somebody who has not left.
create view assignment_in_force as
    select a.person_id as actor_id, a.store_ids, a.region_ids is null and a.store_ids is null as everywhere
    from assignment a join person p on p.id = a.person_id
    where a.valid_from <= now() and (a.valid_until is null or a.valid_until > now())
        and (p.left_at is null or p.left_at > now())
    union all
    select a.channel_id, a.store_ids, a.region_ids is null and a.store_ids is null
    from assignment a join channel_client c on c.id = a.channel_id
    where a.valid_from <= now() and (a.valid_until is null or a.valid_until > now())
        and c.revoked_at is null;

-- Whether an actor sees all of these stores; told from one assignment where one is enough.
create function sees(actor uuid, stores uuid[]) returns boolean language sql stable
return exists (select from assignment_in_force f where f.actor_id = actor and (f.everywhere or f.store_ids @> stores))
    or stores <@ stores_seen_by(actor);

-- Whether the acting person is assigned to the whole chain now, and so reads the acts of no single store.
create function sees_whole_chain() returns boolean language sql stable
return exists (select from assignment_in_force f where f.actor_id = acting_id() and f.everywhere);

-- Lock the books of stores until the transaction ends, in order, so that nobody else posts there.
create function lock_books(stores uuid[]) returns void language plpgsql as $$
begin
    if acts_for_somebody() and not sees(acting_id(), stores) then
        raise insufficient_privilege using message = 'only who sees a store may lock its books';
    end if;
    insert into log_head (store_id) select distinct s from unnest(stores) s order by 1 on conflict do nothing;
    perform from log_head h where h.store_id = any (stores) order by h.store_id for update;
end
$$;

create function log_is_written_once() returns trigger language plpgsql as $$
begin
    raise exception 'the operation log is written once and never edited';
end
$$;
create trigger written_once before update or delete or truncate on operation_log
for each statement execute function log_is_written_once();
create trigger written_once before update or delete or truncate on log_seal
for each statement execute function log_is_written_once();
