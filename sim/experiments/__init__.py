"""Many runs that belong together: seeds, comparisons, verdicts, and folders to keep them in."""
