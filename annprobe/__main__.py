"""``python -m annprobe`` is the command ``annprobe``."""

from annprobe.cli import main

if __name__ == "__main__":
    main()
