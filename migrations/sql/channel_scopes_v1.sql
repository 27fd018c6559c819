-- What channel clients had before: one table of credentials, and everything that a channel's role includes. They keep
-- both, so that no shop stands still; `setClientScopes` narrows them to what their kind needs.
alter table channel_client
    add column client_id varchar(64),
    add column kind varchar(16) not null default 'other',
    add column scopes text[] not null default '{}',
    add column registered_at timestamptz not null default now();

update channel_client c set
    scopes = '{movement:record,return:record,sale:price,sale:record,stock:adjust,stock:read,stock:receive,'
        'stock:reserve,store:read}',
    client_id = coalesce(
        (select o.client_id from oauth_client o where o.channel_id = c.id
            order by o.revoked_at is not null, o.created_at desc, o.client_id limit 1),
        'tsc_' || left(replace(gen_random_uuid()::text, '-', ''), 16)
    );

update channel_client c set revoked_at = o.revoked_at
from oauth_client o where o.client_id = c.client_id and o.revoked_at is not null and c.revoked_at is null;

insert into channel_secret (id, channel_id, secret_hash, prefix, created_at)
select gen_random_uuid(), c.id, held.hash, 'tss_', o.created_at
from channel_client c join oauth_client o using (client_id), unnest(o.secret_hashes) as held(hash)
where o.revoked_at is null
on conflict do nothing;

alter table channel_client
    alter column client_id set not null,
    alter column kind drop default,
    alter column scopes drop default,
    add constraint uq_channel_client_client_id unique (client_id);

drop table oauth_client;
