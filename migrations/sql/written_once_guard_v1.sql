create trigger written_once before update or delete or truncate on movement
for each statement execute function movement_is_written_once();
