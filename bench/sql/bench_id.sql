-- The id of the nth store ('8'), SKU ('9'), product ('a') or channel ('c') of the chain to measure with.
create function bench_id(kind text, n bigint) returns uuid language sql immutable
return ('00000000-0000-7000-' || kind || '000-' || lpad(to_hex(n), 12, '0'))::uuid;
