"""The exceptions that mean something to the user: no traceback goes with them."""


class InputError(Exception):
    """A mistake in a flag, a file or a folder that the user named.

    The message names the flag or file, what is wrong, and what would be right. Commands
    print it as one line and exit with status 2; it never carries a traceback.
    """


class StoppedError(Exception):
    """A signal ended the work, which is saved; the message says how to go on.

    Commands print it and exit with 128 + `signal`, as a shell names such an end.
    """

    def __init__(self, message: str, signal: int):
        super().__init__(message)
        self.signal = signal
