"""`python -m bot` is `tiltas`."""

from bot.cli import main

if __name__ == "__main__":
    main()
