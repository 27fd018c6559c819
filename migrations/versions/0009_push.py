"""Push subscriptions

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import disclose, enclose_where, grant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("session_key", sa.String(length=100), nullable=False),
        sa.Column("server_key", sa.String(length=32), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.LargeBinary(), nullable=False),
        sa.Column("auth", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_path", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(due_at is null) = (due_path is null)", name=op.f("ck_push_subscription_due_somewhere")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_push_subscription_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("person_id", "endpoint", name=op.f("uq_push_subscription_person_id_endpoint")),
    )
    op.create_index(
        "ix_push_subscription_due_at", "push_subscription", ["due_at"], postgresql_where="due_at is not null"
    )
    # A person sees and changes the subscriptions of nobody else.
    enclose_where("push_subscription", "person_id = (select acting_id())")
    grant("push_subscription", "select, insert, update, delete")


def downgrade() -> None:
    disclose("push_subscription")
    op.drop_table("push_subscription")
