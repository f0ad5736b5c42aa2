"""For programs that use an installation: nothing here needs the server's parts."""
