"""Work that a page has done by processes of their own, and where results are kept."""
