"""`python -m groupbot`."""

from groupbot.cli import main

if __name__ == "__main__":
    main()
