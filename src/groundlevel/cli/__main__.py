"""`python -m groundlevel.cli`, which is how `serve` starts its worker."""

from groundlevel.cli import main

main()
