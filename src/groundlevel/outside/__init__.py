"""What reaches out of the process: one protocol each, with a real and a recording version."""
