"""python3 -m hopfilm COMMAND: the same as hopfilm-post COMMAND."""

from .commands import main

if __name__ == "__main__":
    main()
