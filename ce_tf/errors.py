"""The one exception that means: what the user gave cannot be used."""


class InputError(Exception):
    """A mistake in a flag, a file or a folder that the user named.

    The message names the flag or file, what is wrong, and what would be right. Commands
    print it as one line and exit with status 2; it never carries a traceback.
    """
