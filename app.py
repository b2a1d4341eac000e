"""Seatrial's page: pick a release, run every strategy on it, read the verdict.

streamlit run app.py
"""

from __future__ import annotations

import streamlit as st

from sim.interfaces.app.door import MIDDLEWARE, ROUTES
from sim.interfaces.app_command import SCRIPT

app = st.App(SCRIPT, routes=ROUTES, middleware=MIDDLEWARE)
