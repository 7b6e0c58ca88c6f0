"""What the casework adds to the case page and to the home page (settings.CASE_PANELS, HOME_PANELS)."""
