"""`python -m newsite.cli`: the command, where the program's own Python has to be named."""

from newsite.cli import main

main(prog_name="newsite")
