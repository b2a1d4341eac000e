"""Seatrial's page: pick a release, run every strategy on it, read the verdict.

streamlit run app.py
"""

from __future__ import annotations

from sim.interfaces.app.frame import show

show()
