-- Whether the person for whom a transaction acts plays one of these roles now, somewhere. It reads the
-- tables of people as the system, whoever asks; somebody who has left, a program, and nobody at all play none.
create function acting_as(roles text[]) returns boolean language sql stable
begin atomic
    select exists (
        select from assignment a join person p on p.id = a.person_id
        where a.person_id = acting_id() and a.role = any (roles)
            and a.valid_from <= now() and (a.valid_until is null or a.valid_until > now())
            and (p.left_at is null or p.left_at > now())
    );
end;
