"""Pages that belong to no room: the catalogue of components, the reader's language and theme, error pages."""
