"""The spine: people, stores, catalogue, the ledger and its writer, sessions and keys

Revision ID: 0001
Revises:
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from retail.kernel.base import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    op.create_table(
        "applied_request",
        sa.Column("request_id", sa.UUID(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("replays", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_applied_request")),
    )
    op.create_table(
        "basket",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "document_id", name=op.f("pk_basket")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_table(
        "chain",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_chain_single")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_chain")),
        sa.UniqueConstraint("id", name=op.f("uq_chain_id")),
    )
    op.create_table(
        "channel_client",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_client")),
    )
    op.create_table(
        "movement",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("counter_account", sa.String(length=12), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_error_seconds", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("device", sa.String(length=100), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("quantity = 0 or counter_account <> 'none'", name=op.f("ck_movement_conserves")),
        sa.CheckConstraint("quantity <> 0 or reserved <> 0", name=op.f("ck_movement_moves_something")),
        sa.PrimaryKeyConstraint("store_id", "sku_id", "version", name=op.f("pk_movement")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_movement_movement_id")),
    )
    op.create_index(op.f("ix_movement_xid"), "movement", ["xid"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "projection",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("xid", Xid8(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_projection")),
    )
    op.create_table(
        "region",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", name=op.f("uq_region_code")),
    )
    op.create_table(
        "sales_day",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "day", "sku_id", name=op.f("pk_sales_day")),
    )
    op.create_table(
        "store_slot",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("baskets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "slot", name=op.f("pk_store_slot")),
    )
    op.create_table(
        "sales_slot",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "slot", "sku_id", name=op.f("pk_sales_slot")),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("private_jwk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("channel_id", sa.UUID(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("store_ids", sa.ARRAY(sa.UUID()), nullable=True),
        sa.Column("region_ids", sa.ARRAY(sa.UUID()), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(person_id, channel_id) = 1", name=op.f("ck_assignment_one_actor")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_assignment_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_assignment_channel_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_channel_id"), "assignment", ["channel_id"], unique=False)
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"], unique=False)
    op.create_table(
        "local_account",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_local_account_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_local_account")),
        sa.UniqueConstraint("login", name=op.f("uq_local_account_login")),
    )
    op.create_table(
        "oauth_client",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("secret_hashes", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(secret_hashes) > 0", name=op.f("ck_oauth_client_has_a_secret")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_oauth_client_channel_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_oauth_client")),
    )
    op.create_index(op.f("ix_oauth_client_channel_id"), "oauth_client", ["channel_id"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("category_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_product_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_index(op.f("ix_product_category_id"), "product", ["category_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.CheckConstraint("idle_until <= ends_at", name=op.f("ck_staff_session_idle_within_life")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_session_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_person_id"), "staff_session", ["person_id"], unique=False)
    op.create_table(
        "store",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("day_cutoff", sa.Time(), nullable=False),
        sa.CheckConstraint("area_m2 > 0", name=op.f("ck_store_area")),
        sa.CheckConstraint("latitude between -90 and 90", name=op.f("ck_store_latitude")),
        sa.CheckConstraint("longitude between -180 and 180", name=op.f("ck_store_longitude")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_store_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("code", name=op.f("uq_store_code")),
    )
    op.create_index(op.f("ix_store_region_id"), "store", ["region_id"], unique=False)
    op.create_table(
        "business_day",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.UUID(), nullable=False),
        sa.Column("device", sa.String(length=100), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_business_day_store_id")),
        sa.PrimaryKeyConstraint("store_id", "day", name=op.f("pk_business_day")),
    )
    op.create_table(
        "reservation",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_reservation_store_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_reservation")),
    )
    op.create_index(
        op.f("ix_reservation_expires_at"),
        "reservation",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(op.f("ix_reservation_id"), "reservation", ["id"])
    op.create_table(
        "sku",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("product_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("locality", sa.String(length=16), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_sku_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku")),
        sa.UniqueConstraint("code", name=op.f("uq_sku_code")),
    )
    op.create_index(op.f("ix_sku_product_id"), "sku", ["product_id"], unique=False)
    op.create_table(
        "price",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("store_id", sa.UUID(), nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_price_not_negative")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_price_sku_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_price_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    op.create_index(
        op.f("ix_price_sku_id_store_id_valid_from"), "price", ["sku_id", "store_id", "valid_from"], unique=False
    )
    op.create_table(
        "reservation_line",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("reservation_id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_line_quantity")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_reservation_line_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "reservation_id", "sku_id", name=op.f("pk_reservation_line")),
    )
    op.create_table(
        "sku_code",
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("pack_units", sa.Integer(), nullable=False),
        sa.CheckConstraint("pack_units between 1 and 100000", name=op.f("ck_sku_code_pack_units")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_sku_code_sku_id")),
        sa.PrimaryKeyConstraint("gtin", name=op.f("pk_sku_code")),
    )
    op.create_index(op.f("ix_sku_code_sku_id"), "sku_code", ["sku_id"], unique=False)
    op.create_table(
        "stock_level",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("on_hand", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("incoming", sa.Integer(), server_default="0", nullable=False),
        sa.Column("safety_stock", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sold_units", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("on_hand between -1000000000 and 1000000000", name=op.f("ck_stock_level_on_hand")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_level_reserved")),
        sa.CheckConstraint("safety_stock >= 0", name=op.f("ck_stock_level_safety_stock")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stock_level_sku_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_level_store_id")),
        sa.PrimaryKeyConstraint("store_id", "sku_id", name=op.f("pk_stock_level")),
        postgresql_with={"fillfactor": 60},
    )

    for name in ("ledger_post_v1", "written_once_v1", "written_once_guard_v1"):
        op.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
    op.execute("insert into chain (id, name, name_en) values (gen_random_uuid(), '我的连锁', 'My chain')")


def downgrade() -> None:
    op.execute("drop function ledger_post")
    op.drop_table("stock_level")
    op.drop_index(op.f("ix_sku_code_sku_id"), table_name="sku_code")
    op.drop_table("sku_code")
    op.drop_table("reservation_line")
    op.drop_index(op.f("ix_price_sku_id_store_id_valid_from"), table_name="price")
    op.drop_table("price")
    op.drop_index(op.f("ix_sku_product_id"), table_name="sku")
    op.drop_table("sku")
    op.drop_index(
        op.f("ix_reservation_expires_at"), table_name="reservation", postgresql_where=sa.text("status = 'open'")
    )
    op.drop_table("reservation")
    op.drop_table("business_day")
    op.drop_index(op.f("ix_store_region_id"), table_name="store")
    op.drop_table("store")
    op.drop_index(op.f("ix_staff_session_person_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_product_category_id"), table_name="product")
    op.drop_table("product")
    op.drop_index(op.f("ix_oauth_client_channel_id"), table_name="oauth_client")
    op.drop_table("oauth_client")
    op.drop_table("local_account")
    op.drop_index(op.f("ix_assignment_person_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_channel_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("signing_key")
    op.drop_table("sales_slot")
    op.drop_table("store_slot")
    op.drop_table("sales_day")
    op.drop_table("region")
    op.drop_table("projection")
    op.drop_table("person")
    op.drop_index(op.f("ix_movement_xid"), table_name="movement")
    op.drop_table("movement")
    op.drop_table("channel_client")
    op.drop_table("chain")
    op.drop_table("category")
    op.drop_table("basket")
    op.drop_table("applied_request")
    op.execute("drop function movement_is_written_once")
