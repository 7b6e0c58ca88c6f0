"""The page furniture: layout, forms, tables, charts, error pages. No models, and no room above it."""
