"""`python -m ops`; `./posrelay` in the project's folder does the same from anywhere."""

from ops.cli import app

if __name__ == "__main__":
    app(prog_name="posrelay")
