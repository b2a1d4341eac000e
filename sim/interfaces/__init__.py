"""Interfaces: the `seatrial` command (`cli`) and the page behind `app.py` (`app`)."""
