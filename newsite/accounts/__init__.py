"""The people who work at the desk: accounts, roles, passwords, and their devices."""
