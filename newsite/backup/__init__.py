"""One consistent archive of the whole site, which restores on either engine: docs/adr/0016."""
