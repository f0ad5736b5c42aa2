"""What the command line says when it cannot go on."""


class Trouble(Exception):
    """One sentence that says what is wrong and what to do next; ends the command with 1."""
