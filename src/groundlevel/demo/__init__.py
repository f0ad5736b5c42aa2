"""A believable agency to try things with: the same data on every machine."""

from groundlevel.demo.seeding import seed

__all__ = ["seed"]
