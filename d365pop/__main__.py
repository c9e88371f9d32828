"""``python -m d365pop``."""

from d365pop.cli.app import main

if __name__ == "__main__":
    main()
