"""`python -m burnline`."""

from burnline.cli import main

main()
