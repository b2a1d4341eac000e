"""One's own service: its texts, what was understood of them, and the forms that write them."""
