"""Photos

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import disclose, enclose, enclose_where, grant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OWN = "uploader_id = (select acting_id())"


def upgrade() -> None:
    _photos()
    _uploads()
    # What becomes of a photo is written by the system alone.
    enclose("photo")
    grant("photo", "select, insert")
    for table in ("photo_upload", "photo_piece"):
        enclose_where(table, OWN)
        grant(table, "select, insert, update, delete")


def _photos() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("about_id", sa.UUID(), nullable=False),
        sa.Column("replaces_id", sa.UUID(), nullable=True),
        sa.Column("stands_for", sa.UUID(), nullable=False),
        sa.Column("announced_by", sa.UUID(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_error_seconds", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.String(length=32), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("camera_time", sa.String(length=40), nullable=True),
        sa.Column("camera_latitude", sa.Double(), nullable=True),
        sa.Column("camera_longitude", sa.Double(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(latitude is null) = (longitude is null)", name=op.f("ck_photo_whole_place")),
        sa.CheckConstraint("(status = 'refused') = (problem is not null)", name=op.f("ck_photo_refused_for_a_reason")),
        sa.CheckConstraint(
            "status not in ('kept', 'removed') or width is not null", name=op.f("ck_photo_kept_with_a_size")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_photo_store_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["photo.id"], name=op.f("fk_photo_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_photo_replaces_id")),
    )
    op.create_index("ix_photo_about", "photo", ["about", "about_id"])
    op.create_index("ix_photo_store_id_announced_at", "photo", ["store_id", "announced_at", "id"])
    op.create_index("ix_photo_awaited", "photo", ["announced_at"], postgresql_where="status = 'awaited'")
    op.create_index("ix_photo_settled_at", "photo", ["settled_at"], postgresql_where="status = 'kept'")


def _uploads() -> None:
    op.create_table(
        "photo_upload",
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("uploader_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received between 0 and bytes", name=op.f("ck_photo_upload_no_more_than_said")),
        sa.PrimaryKeyConstraint("photo_id", "uploader_id", name=op.f("pk_photo_upload")),
    )
    op.create_index("ix_photo_upload_heard_at", "photo_upload", ["heard_at"])
    op.create_index("ix_photo_upload_uploader_id", "photo_upload", ["uploader_id"])
    op.create_table(
        "photo_piece",
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("uploader_id", sa.UUID(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id", "uploader_id"],
            ["photo_upload.photo_id", "photo_upload.uploader_id"],
            name=op.f("fk_photo_piece_photo_id_uploader_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("photo_id", "uploader_id", "start", name=op.f("pk_photo_piece")),
    )


def downgrade() -> None:
    for table in ("photo_piece", "photo_upload", "photo"):
        disclose(table)
        op.drop_table(table)
