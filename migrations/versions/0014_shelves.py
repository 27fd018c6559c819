"""Zones, shelves, unknown codes and tag reads

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import disclose, enclose, grant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OF_A_STORE = {
    "shelf": "select, insert, update (zone, code, name, place, retired_at)",
    "shelf_sku": "select, insert, delete",
    "unknown_code": "select, insert",
    "tag_read": "select, insert, update (last_read_at)",
}
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _shelves()
    _unknown_codes()
    op.create_table(
        "tag_read",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("epc", sa.LargeBinary(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=True),
        sa.Column("reader_id", sa.String(length=100), nullable=False),
        sa.Column("first_read_at", _INSTANT, nullable=False),
        sa.Column("last_read_at", _INSTANT, nullable=False),
        sa.CheckConstraint("length(epc) = 12", name=op.f("ck_tag_read_epc")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_tag_read_store_id")),
        sa.PrimaryKeyConstraint("store_id", "session_id", "epc", name=op.f("pk_tag_read")),
    )
    op.create_table(
        "in_store_pattern",
        sa.Column("prefix", sa.String(length=3), nullable=False),
        sa.Column("item_digits", sa.SmallInteger(), nullable=False),
        sa.Column("value_digits", sa.SmallInteger(), nullable=False),
        sa.Column("measure", sa.String(length=8), nullable=False),
        sa.Column("price_check", sa.Boolean(), nullable=False),
        sa.CheckConstraint(r"prefix ~ '^(02|2\d\d?)$'", name=op.f("ck_in_store_pattern_prefix")),
        sa.CheckConstraint(
            "length(prefix) + item_digits + value_digits + case when price_check then 1 else 0 end = 12",
            name=op.f("ck_in_store_pattern_digits"),
        ),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_in_store_pattern")),
    )
    for table, rights in OF_A_STORE.items():
        enclose(table)
        grant(table, rights)
    # The chain's, like the catalogue: everybody reads it, and only the system's session writes it.
    grant("in_store_pattern")


def _shelves() -> None:
    op.create_table(
        "shelf",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("retired_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_shelf_store_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_shelf")),
    )
    op.create_index(
        "ix_shelf_store_id_code", "shelf", ["store_id", "code"], unique=True, postgresql_where="retired_at is null"
    )
    op.create_index("ix_shelf_token", "shelf", ["token"], unique=True)
    op.create_table(
        "shelf_sku",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("shelf_id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shelf_id"], ["shelf.store_id", "shelf.id"], name=op.f("fk_shelf_sku_store_id_shelf_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_shelf_sku_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "shelf_id", "sku_id", name=op.f("pk_shelf_sku")),
    )


def _unknown_codes() -> None:
    op.create_table(
        "unknown_code",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shelf_id", sa.UUID(), nullable=True),
        sa.Column("stocktake_id", sa.UUID(), nullable=True),
        sa.Column("photo_id", sa.UUID(), nullable=True),
        sa.Column("device", sa.String(length=100), nullable=True),
        sa.Column("found_by", sa.UUID(), nullable=True),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("resolved_at", _INSTANT, nullable=True),
        sa.Column("resolved_by", sa.UUID(), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("sku_id", sa.UUID(), nullable=True),
        sa.CheckConstraint("(resolved_at is null) = (verdict is null)", name=op.f("ck_unknown_code_resolved_somehow")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_unknown_code_store_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_unknown_code_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_unknown_code")),
    )
    op.create_index("ix_unknown_code_key", "unknown_code", ["key"], postgresql_where="resolved_at is null")


def downgrade() -> None:
    op.drop_table("in_store_pattern")
    for table in ("tag_read", "unknown_code", "shelf_sku", "shelf"):
        disclose(table)
        op.drop_table(table)
