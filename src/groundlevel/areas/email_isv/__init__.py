"""Whether mail to an address would arrive."""

__all__: list[str] = []
