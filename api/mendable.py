"""What the person at the keyboard can mend: told in words, without a traceback."""


class Mendable(Exception):
    """Something outside the program is wrong; the message says what, and what helps."""
