"""The script that Streamlit runs for each view of a page: it draws the page.

It lies here because Streamlit takes a folder `pages` beside its script for pages of its own.
"""

from __future__ import annotations

from sim.interfaces.app.frame import show

show()
