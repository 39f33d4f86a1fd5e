"""A news site that an organisation owns."""
