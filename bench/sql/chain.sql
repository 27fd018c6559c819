-- A chain to measure with: :stores stores, each with all of :skus SKUs, and one channel that may do
-- everything a channel may. Ids are numbers in disguise, so that pgbench can name the same rows.
insert into region (id, code, name, name_en) values (gen_random_uuid(), 'bench', '测速区', 'Bench');

insert into store (id, code, name, name_en, kind, region_id, zone, latitude, longitude, opens_at, closes_at, day_cutoff)
select bench_id('8', n), 'S' || lpad(n::text, 5, '0'), '门店' || n, 'Store ' || n, 'shop', region.id, 'Asia/Shanghai',
    31, 121, '07:30', '22:30', '04:00'
from region, generate_series(1, :stores) n where region.code = 'bench';

insert into category (id, code, name, name_en) values (gen_random_uuid(), 'bench', '测速', 'Bench');
insert into product (id, name, name_en, category_id)
select bench_id('a', n), '商品' || n, 'Product ' || n, category.id
from category, generate_series(1, :skus) n where category.code = 'bench';
insert into sku (id, product_id, code, name, name_en, unit, locality, search)
select bench_id('9', n), bench_id('a', n), 'K' || lpad(n::text, 5, '0'), '商品' || n, 'Product ' || n, '件', 'core',
    'product ' || n
from generate_series(1, :skus) n;
insert into price (id, sku_id, fen, valid_from)
select gen_random_uuid(), bench_id('9', n), 100 + n, now() - interval '1 year' from generate_series(1, :skus) n;

insert into channel_client (id, name, client_id, kind, scopes)
values (bench_id('c', 1), 'Bench', 'bench', 'till',
    '{sale:record,sale:price,return:record,movement:record,stock:adjust,stock:read,stock:receive,stock:reserve,store:read}');
insert into assignment (id, channel_id, role, valid_from)
values (gen_random_uuid(), bench_id('c', 1), 'channel', now() - interval '1 day');
insert into channel_secret (id, channel_id, secret_hash, prefix, created_at)
values (bench_id('c', 2), bench_id('c', 1), decode(:'secret_hash', 'hex'), 'bench', now());
