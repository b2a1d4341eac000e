"""A study of harm: what is asked, what came of it, in words and pictures."""
