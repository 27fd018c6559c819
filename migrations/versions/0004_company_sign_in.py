"""Sign-in through the company's identity provider

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "external_identity",
        sa.Column("provider", sa.String(length=31), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("linked_at", _INSTANT, nullable=False),
        sa.Column("linked_by", sa.String(length=31), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_external_identity_person_id")),
        sa.PrimaryKeyConstraint("provider", "subject", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("provider", "person_id", name=op.f("uq_external_identity_provider_person_id")),
    )
    op.create_index(op.f("ix_external_identity_person_id"), "external_identity", ["person_id"])
    op.create_table(
        "heard_logout",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("forget_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_heard_logout")),
    )
    op.create_index(op.f("ix_heard_logout_forget_at"), "heard_logout", ["forget_at"])


def downgrade() -> None:
    op.drop_table("heard_logout")
    op.drop_table("external_identity")
