"""``python -m siting.cli``."""

from siting.cli.entry import main

main()
