"""The operation log that cannot be edited

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from migrations import run_script
from migrations.walls import (
    LEDGER,
    SEEN,
    SYSTEM,
    create_role,
    enclose_where,
    give_to,
    give_to_system,
    grant,
    open_to_ledger,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NO_HASH = sa.text(r"'\x" + "00" * 32 + "'")


def upgrade() -> None:
    create_role(LEDGER)
    _create_tables()
    run_script("operation_log_v1")
    give_to_system("sees_whole_chain")
    enclose_where(
        "operation_log",
        f"store_id in {SEEN} or (store_id = '00000000-0000-0000-0000-000000000000' and (select sees_whole_chain()))",
    )
    grant("operation_log")
    op.execute(f"grant execute on function stores_seen_by to {LEDGER}")
    op.execute(f"grant select on assignment_in_force to {LEDGER}")
    give_to(LEDGER, "lock_books")
    open_to_ledger("operation_log", "insert")
    op.execute(f"grant select, insert, update on log_head to {LEDGER}")
    op.execute(f"revoke insert, update, delete on operation_log, log_head from {SYSTEM}")
    op.execute(f"revoke update, delete on log_seal from {SYSTEM}")
    run_script("log_append_v1")
    give_to(LEDGER, "log_append")
    _hand_the_ledger_over()
    run_script("ledger_adopted_v1")


def _hand_the_ledger_over() -> None:
    """Let nobody but the ledger's function write movements and totals; the system keeps the safety stock."""
    op.add_column("movement", sa.Column("log_seq", sa.BigInteger(), nullable=True))
    op.execute("drop function ledger_post")
    run_script("ledger_post_v2")
    give_to(LEDGER, "ledger_post")
    open_to_ledger("movement", "select, insert")
    open_to_ledger("stock_level", "select, insert, update")
    open_to_ledger("applied_request", "select, insert, update")
    op.execute(f"revoke insert on movement from {SYSTEM}")
    op.execute(f"revoke insert, update, delete on stock_level from {SYSTEM}")
    op.execute(f"grant insert (store_id, sku_id, safety_stock), update (safety_stock) on stock_level to {SYSTEM}")


def _create_tables() -> None:
    op.create_table(
        "operation_log",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "seq", name=op.f("pk_operation_log")),
    )
    op.create_index(
        "ix_operation_log_not_stock",
        "operation_log",
        ["written_at", "store_id", "seq"],
        postgresql_where=sa.text("""body !~~ '{"act":"stock.%'"""),
    )
    op.create_table(
        "log_head",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hash", sa.LargeBinary(), server_default=NO_HASH, nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_log_head")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "log_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_seal")),
    )
    op.create_index(op.f("ix_log_seal_sealed_at"), "log_seal", ["sealed_at"])
    op.create_table(
        "log_sealed_head",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_log_sealed_head")),
    )
    op.create_table(
        "log_witness",
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_log_witness")),
    )


def downgrade() -> None:
    op.execute("drop function ledger_post, log_append")
    for table in ("movement", "stock_level", "applied_request"):
        op.execute(f"drop policy the_ledger on {table}")
        op.execute(f"revoke all on {table} from {LEDGER}")
    run_script("ledger_post_v1")
    give_to_system("ledger_post")
    op.execute(f"grant insert on movement to {SYSTEM}")
    op.execute(f"grant insert, update, delete on stock_level to {SYSTEM}")
    op.drop_column("movement", "log_seq")
    for table in ("operation_log", "log_head", "log_seal", "log_sealed_head", "log_witness"):
        op.drop_table(table)
    op.execute("drop function log_is_written_once, log_link, lock_books, acts_for_somebody, sees, sees_whole_chain")
    op.execute("drop view assignment_in_force")
    op.execute(f"revoke execute on function stores_seen_by from {LEDGER}")
