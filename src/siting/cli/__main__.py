"""``python -m siting.cli``."""

from siting.cli.main import main

main()
