"""One run under the glass: its recording, its stories, and what others saw of it."""
