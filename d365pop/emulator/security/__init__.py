"""Who may do what: roles, privileges, and the platform's refusals."""
