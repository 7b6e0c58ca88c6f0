"""Pages that show every component with invented content. Drawn in tests only; never routed."""
