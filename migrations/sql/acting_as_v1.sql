-- Whether the person for whom a transaction acts plays one of these roles now, somewhere. It reads the
-- tables of people as the system, whoever asks; somebody who has left, a program, and nobody at all play none.
create function acting_as(roles text[]) returns boolean language sql stable
begin atomic
    select exists (
        select from assignment a join person p on p.id = a.person_id
        where a.person_id = acting_id() and a.role = any (roles)
            and a.valid_from <= statement_timestamp() and (a.valid_until is null or a.valid_until > statement_timestamp())
            and (p.left_at is null or p.left_at > statement_timestamp())
    );
end;

-- Whether whoever a transaction acts for plays any role at this very moment, however long ago it began.
create function acts_still() returns boolean language sql volatile
begin atomic
    select exists (
        select from assignment a
        left join person p on p.id = a.person_id
        left join channel_client c on c.id = a.channel_id
        where (a.person_id = acting_id() or a.channel_id = acting_id())
            and a.valid_from <= clock_timestamp() and (a.valid_until is null or a.valid_until > clock_timestamp())
            and (p.left_at is null or p.left_at > clock_timestamp()) and c.revoked_at is null
    );
end;
