"""The two walls: roles, grants and row-level security

Revision ID: 0002
Revises: 0001
"""

from alembic import op

from migrations import run_script
from migrations.walls import APP, SEEN, SYSTEM, create_roles, disclose, enclose, enclose_where, give_to_system, grant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OF_A_STORE = {
    "basket": "select",
    "business_day": "select, insert, update",
    "movement": "select",
    "reservation": "select, insert, update",
    "reservation_line": "select, insert",
    "sales_day": "select",
    "sales_slot": "select",
    "stock_level": "select, insert (store_id, sku_id, safety_stock), update (safety_stock)",
    "store_slot": "select",
}
OF_ALL = ("category", "chain", "product", "projection", "region", "sku", "sku_code")


def upgrade() -> None:
    create_roles()
    run_script("scope_v1")
    for table, rights in OF_A_STORE.items():
        enclose(table)
        grant(table, rights)
    enclose("store", "id")
    grant("store")
    enclose_where("price", f"store_id is null or store_id in {SEEN}")
    grant("price")
    enclose_where("applied_request", "actor_id = (select acting_id())")
    grant("applied_request", "select, insert, update (answer, replays)")
    for table in OF_ALL:
        grant(table)
    grant("person", "select (id, name)")
    grant("channel_client", "select (id, name)")
    give_to_system("stores_seen_by")
    give_to_system("ledger_post")
    op.execute(f"grant select on alembic_version to {SYSTEM}")
    # A movement is written by `ledger_post` alone, which works as the system.
    op.execute(f"revoke update, delete on movement from {SYSTEM}")


def downgrade() -> None:
    for table in (*OF_A_STORE, "store", "price", "applied_request"):
        disclose(table)
    op.execute("drop function visible_stores, stores_seen_by, acting_id")
    # It worked as the system, which loses its rights here; the older program calls it as the owner.
    op.execute("alter function ledger_post owner to current_user")
    op.execute("alter function ledger_post security invoker reset search_path")
    op.execute("grant execute on function ledger_post to public")
    op.execute(f"revoke all on all tables in schema public from {APP}, {SYSTEM}")
