"""The data plane: every request, one by one."""
