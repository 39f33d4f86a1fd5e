"""The site's own settings and menus."""
