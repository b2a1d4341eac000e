"""Claims of a handbook about strategies, put to the test: what it says, and what runs say."""
