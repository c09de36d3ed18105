"""The fields of a request: files, numbers, names; each with its own error."""

import dataclasses
from pathlib import PurePosixPath

from starlette.datastructures import FormData, UploadFile

from ce_tf.errors import InputError
from ce_tf.page.files import Sent


@dataclasses.dataclass(frozen=True)
class Form:
    """What was sent, as `multipart/form-data`.

    Raises:
        InputError: by each method: the field is missing, or no such thing.
    """

    fields: FormData

    def check_names(self, *names: str) -> None:
        """Checks that there are no other fields: one misspelt would have no effect."""
        for name in self.fields:
            if name not in names:
                raise InputError(f"there is no field {name!r}. One of: {list(names)}.")

    def file(self, name: str) -> Sent:
        """The file of a field."""
        value = self.fields.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise InputError(f"the {name} is missing: send it as a file.")
        value.file.seek(0)
        # Some send a path, and Windows' own.
        last = PurePosixPath(value.filename.replace("\\", "/")).name
        return Sent(last, value.file.read())

    def text(self, name: str, default: str | None = None) -> str:
        """The text of a field."""
        value = self.fields.get(name, default)
        if not isinstance(value, str):
            raise InputError(f"the {name} is missing: send it as text.")
        return value

    def whole_number(self, name: str, default: int | None = None) -> int:
        """The whole number of a field."""
        text = self.text(name, None if default is None else str(default))
        try:
            return int(text)
        except ValueError:
            raise InputError(f"{name} is {text!r}; give a whole number.") from None

    def number(self, name: str) -> float | None:
        """The number of a field, if it is there."""
        if name not in self.fields:
            return None
        text = self.text(name)
        try:
            return float(text)
        except ValueError:
            raise InputError(f"{name} is {text!r}; give a number.") from None
