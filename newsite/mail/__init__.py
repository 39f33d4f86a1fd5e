"""Mail: what it needs to be sent, and whom it does not reach."""
