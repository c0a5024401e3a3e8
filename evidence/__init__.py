"""Evidence: items, the files they hold, their grades, where they come from, and who had them in hand."""
