"""`python -m helpers`."""

import sys

try:
    from helpers.cli import main
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    sys.exit(
        f"{sys.executable} does not have this project's packages. Use make, or the Python in .venv,"
        " as README.md says."
    )
except KeyboardInterrupt:
    sys.exit("Aborted!")

if __name__ == "__main__":
    main()
