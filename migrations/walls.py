"""The second wall: what PostgreSQL itself lets the program see and change.

Two roles own nothing and may do only what is granted here. `trueshelf_app` acts for somebody: of a
walled table it sees the rows of the stores that its actor's assignments cover now, which PostgreSQL
works out itself from `trueshelf.actor`, a setting that lasts for one transaction; unset, it sees
nothing. `trueshelf_system` is the program's own work (jobs, the live feed, sign-in) and sees all.
FORCE puts the owner of the tables behind the wall too.

A third role, `trueshelf_ledger`, is nobody's: no login may play it. What must be written in one way
only (movements, levels, the operation log) it alone may write, and it does so in its functions.
"""

from alembic import op

from retail.access import scope

# As a subquery it is hashed once a query, and the planner's guesses stay sane: with `= any (...)` beside the
# application's own filter it expects next to no rows and picks plans that are slow for many.
SEEN = "(select unnest(visible_stores()))"
APP = scope.APP_ROLE
SYSTEM = scope.SYSTEM_ROLE
LEDGER = "trueshelf_ledger"


def create_roles() -> None:
    """Make the two roles of the program and give the system its rights."""
    for role in (APP, SYSTEM):
        create_role(role)
    op.execute(f"grant select, insert, update, delete on all tables in schema public to {SYSTEM}")
    op.execute(f"alter default privileges in schema public grant select, insert, update, delete on tables to {SYSTEM}")


def create_role(role: str) -> None:
    """Make a role unless this PostgreSQL has it (roles belong to the whole server)."""
    op.execute(
        f"""do $$ begin
            if not exists (select from pg_roles where rolname = '{role}') then
                create role {role} nologin noinherit;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$"""
    )
    op.execute(f"grant {role} to current_user")  # so that the owner may give its functions to it
    op.execute(f"grant usage on schema public to {role}")


def grant(table: str, rights: str = "select") -> None:
    """Let whoever acts for somebody do this with a table, such as `select, insert` or `select (id, name)`."""
    op.execute(f"grant {rights} on {table} to {APP}")


def enclose(table: str, column: str = "store_id") -> None:
    """Put a table with store data behind the wall: the app sees its actor's stores, the system all."""
    enclose_where(table, f"{column} in {SEEN}")


def enclose_where(table: str, visible: str) -> None:
    """Put a table behind the wall by a condition of its own on its rows."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy actors_scope on {table} to {APP} using ({visible}) with check ({visible})")
    op.execute(f"create policy the_system on {table} to {SYSTEM} using (true) with check (true)")


def disclose(table: str) -> None:
    """Take a table's wall down again (for a downgrade)."""
    op.execute(f"drop policy actors_scope on {table}")
    op.execute(f"drop policy the_system on {table}")
    op.execute(f"alter table {table} no force row level security")
    op.execute(f"alter table {table} disable row level security")


def give_to_system(function: str) -> None:
    """Make a function of ours work as the system, whoever of our roles calls it."""
    give_to(SYSTEM, function)


def give_to(role: str, function: str) -> None:
    """Make a function of ours work as a role, whoever of the program's roles calls it."""
    op.execute(f"grant create on schema public to {role}")
    op.execute(f"alter function {function} owner to {role}")
    op.execute(f"revoke create on schema public from {role}")
    op.execute(f"alter function {function} security definer set search_path = public, pg_temp")
    op.execute(f"revoke execute on function {function} from public")
    op.execute(f"grant execute on function {function} to {APP}, {SYSTEM}")


def open_to_ledger(table: str, rights: str) -> None:
    """Let the ledger's functions work on a table, behind its wall if it has one."""
    op.execute(f"grant {rights} on {table} to {LEDGER}")
    op.execute(f"create policy the_ledger on {table} to {LEDGER} using (true) with check (true)")
