-- The hash of an entry: SHA-256 over the hash before it, whose it is, its number and the hash of its body.
-- The body goes in as a hash, so that a proof of a later entry need not show it.
create function log_link(before bytea, at_store uuid, number bigint, entry text) returns bytea
language sql immutable parallel safe
return sha256(before || uuid_send(at_store) || int8send(number) || sha256(convert_to(entry, 'UTF8')));

-- Whether the caller's role is the one that acts for somebody, also inside a function of another role.
create function acts_for_somebody() returns boolean language sql stable
return coalesce(nullif(current_setting('role'), 'none'), session_user) = 'trueshelf_app';

-- Whether the acting person is assigned to the whole chain now, and so reads the acts of no single store.
create function sees_whole_chain() returns boolean language sql stable
begin atomic
    select exists (
        select from assignment a left join person p on p.id = a.person_id
        where a.person_id = acting_id() and a.store_ids is null and a.region_ids is null
            and a.valid_from <= now() and (a.valid_until is null or a.valid_until > now())
            and (p.left_at is null or p.left_at > now())
    );
end;

create function log_is_written_once() returns trigger language plpgsql as $$
begin
    raise exception 'the operation log is written once and never edited';
end
$$;
create trigger written_once before update or delete or truncate on operation_log
for each statement execute function log_is_written_once();
create trigger written_once before update or delete or truncate on log_seal
for each statement execute function log_is_written_once();
