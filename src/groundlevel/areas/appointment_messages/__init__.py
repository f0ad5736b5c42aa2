"""What people are told of appointments, as messages that leave. Nobody asks this area for anything."""
