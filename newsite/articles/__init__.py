"""Articles and pages, and what orders them: sections, tags, bylines, revisions, addresses."""
