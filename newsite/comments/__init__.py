"""Readers' replies: what is sent, how it is held, shown and threaded."""
