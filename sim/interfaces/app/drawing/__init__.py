"""Pictures as SVG text: pure functions of a recording, a language and a theme."""
