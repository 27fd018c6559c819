-- A client that has only public keys has no place in the old shape: it is left out, and its channel without credentials.
create table oauth_client (
    client_id varchar(64) not null,
    channel_id uuid not null,
    secret_hashes bytea[] not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    constraint ck_oauth_client_has_a_secret check (cardinality(secret_hashes) > 0),
    constraint fk_oauth_client_channel_id foreign key (channel_id) references channel_client (id),
    constraint pk_oauth_client primary key (client_id)
);
create index ix_oauth_client_channel_id on oauth_client (channel_id);

insert into oauth_client (client_id, channel_id, secret_hashes, created_at)
select c.client_id, c.id, array_agg(s.secret_hash), min(s.created_at)
from channel_client c join channel_secret s on s.channel_id = c.id
where s.ends_at is null or s.ends_at > now()
group by c.id;

alter table channel_client drop column client_id, drop column kind, drop column scopes, drop column registered_at;
