"""What the page Compare says of its result: limits, pairs, trade-offs, verdict, pictures."""
