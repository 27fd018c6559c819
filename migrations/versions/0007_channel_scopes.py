"""Scopes, keys and revocation of channel clients

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from migrations import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def _channel() -> sa.Column[object]:
    return sa.Column("channel_id", sa.UUID(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "channel_secret",
        sa.Column("id", sa.UUID(), nullable=False),
        _channel(),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=True),
        sa.Column("last_used_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_channel_secret_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_secret")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_channel_secret_secret_hash")),
    )
    op.create_index(op.f("ix_channel_secret_channel_id"), "channel_secret", ["channel_id"])
    op.create_table(
        "channel_key",
        _channel(),
        sa.Column("kid", sa.String(length=128), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("last_used_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_channel_key_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", "kid", name=op.f("pk_channel_key")),
    )
    op.create_table(
        "channel_health",
        _channel(),
        sa.Column("last_token_at", AT, nullable=True),
        sa.Column("last_used_at", AT, nullable=True),
        sa.Column("last_refused_at", AT, nullable=True),
        sa.Column("last_refusal", sa.String(length=32), nullable=True),
        sa.Column("refusals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("logged_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_channel_health_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channel_health")),
    )
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.String(length=64), nullable=False),
        _channel(),
        sa.Column("ends_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_revoked_token_channel_id")),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_token")),
    )
    op.create_index(op.f("ix_revoked_token_channel_id"), "revoked_token", ["channel_id"])
    op.create_table(
        "used_assertion",
        _channel(),
        sa.Column("jti_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel_client.id"], name=op.f("fk_used_assertion_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", "jti_hash", name=op.f("pk_used_assertion")),
    )
    run_script("channel_scopes_v1")


def downgrade() -> None:
    run_script("channel_scopes_down_v1")
    for table in ("used_assertion", "revoked_token", "channel_health", "channel_key", "channel_secret"):
        op.drop_table(table)
