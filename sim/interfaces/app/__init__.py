"""What stands behind the page: its language, its inputs, its jobs, and how results are shown."""
