"""What every area stands on. Nothing in here knows an area."""
