"""Private integrations."""
