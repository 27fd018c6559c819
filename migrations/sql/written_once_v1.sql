-- The second wall around the ledger: whatever the program does, a movement stays as it was written.
create function movement_is_written_once() returns trigger language plpgsql as $$
begin
    raise exception 'a movement is written once and never edited';
end
$$;
