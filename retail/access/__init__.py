"""Who may do what, where: roles, permissions, assignments and scope."""
