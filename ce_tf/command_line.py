"""How a command starts: flags from a config dataclass, help, one-line errors.

A command is a frozen dataclass whose fields are its flags, a docstring, a function:

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Config:
        out: str = flag(help="Where the result goes.")          # required
        steps: int = flag(300, help="How many training steps.")

    def run(argv=None):
        run_command(Config, main, __doc__, argv)

Each command keeps flags of its own, so that several live in one process. Nothing here
imports TensorFlow: `--help` answers at once.
"""

import dataclasses
import os
import sys
import textwrap
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any

from absl import flags

from ce_tf.errors import InputError, StoppedError

_HELP = {"--help", "-help", "-h", "--helpfull", "-?"}


def flag(
    default: Any = dataclasses.MISSING,
    *,
    help: str,
    choices: Sequence[str] = (),
    positional: bool = False,
) -> Any:
    """Declares a config field that is also a flag.

    Args:
        default: the value without the flag; left out, the flag is required.
        help: what a newcomer reads in `--help`.
        choices: the only values that are accepted.
        positional: given without a name; `tuple[str, ...]` takes all that follow.

    Returns:
        A dataclass field of the type that the class annotates: str, int, float, bool,
        any of these with `| None`, or tuple[str, ...] (a flag that may be repeated).
    """
    metadata = {"help": help, "choices": tuple(choices), "positional": positional}
    return dataclasses.field(default=default, metadata=metadata)


def run_command(
    config_class: type,
    main: Callable[[Any], int | None],
    doc: str | None,
    argv: Sequence[str] | None = None,
) -> typing.NoReturn:
    """Parses `argv`, calls `main(config)` and exits with its status.

    Exit status: what `main` returns (None is 0), 2 for an InputError or a flag that is
    wrong, 128 + the signal's number for a StoppedError, 130 for Ctrl-C.
    """
    argv = list(sys.argv if argv is None else argv)
    if _HELP.intersection(argv[1:]):
        print(help_text(config_class, doc or ""))
        sys.exit(0)
    try:
        sys.exit(main(parse(config_class, argv)))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except StoppedError as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(128 + stopped.signal)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def parse(config_class: type, argv: Sequence[str]) -> Any:
    """Packs the flags of `argv` (its first entry is the program) into the config.

    `--flagfile=PATH` reads further flags from a file, one a line.

    Raises:
        InputError: an unknown flag, a value of the wrong type, a required one left out.
    """
    values = flags.FlagValues()
    fields = dataclasses.fields(config_class)
    for field in fields:
        if not field.metadata["positional"]:
            _define(field, values)
    try:
        positionals = values(list(argv))[1:]
    except flags.Error as error:
        raise InputError(f"{error}. `--help` lists the flags.") from None
    given = {}
    for field in fields:
        if not field.metadata["positional"]:
            given[field.name] = _value(field, values[field.name].value)
        elif _is_list(field):
            given[field.name], positionals = tuple(positionals), []
        elif positionals:
            given[field.name] = positionals.pop(0)
        elif field.default is dataclasses.MISSING:
            raise InputError(f"{field.name.upper()} is missing: {_one_line(field)}")
    if positionals:
        raise InputError(
            f"{positionals[0]!r} is not a flag. Flags are written --name=value; "
            "`--help` lists them."
        )
    return config_class(**given)


def help_text(config_class: type, doc: str) -> str:
    """The text of `--help`: the module's docstring and each flag with its default."""
    lines = [doc.strip(), "", "Flags:"]
    for field in dataclasses.fields(config_class):
        name = field.name.upper() if field.metadata["positional"] else _spelled(field)
        text = _one_line(field)
        if field.metadata["choices"]:
            text += f" One of: {', '.join(field.metadata['choices'])}."
        if field.default is dataclasses.MISSING:
            text += " Required."
        elif field.default not in (None, "", ()):
            text += f" Default: {field.default}."
        lines += [f"  {name}", *(f"      {line}" for line in textwrap.wrap(text, 70))]
    lines += ["  --flagfile=PATH", "      Reads flags from a file, one a line."]
    return "\n".join(lines)


_DEFINE: dict[type, Callable] = {
    str: flags.DEFINE_string,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    bool: flags.DEFINE_boolean,
}


def _define(field: dataclasses.Field, values: flags.FlagValues) -> None:
    text, default = field.metadata["help"], field.default
    default = None if default is dataclasses.MISSING else default
    kind = _kind(field)
    if field.metadata["choices"]:
        choices = field.metadata["choices"]
        flags.DEFINE_enum(field.name, default, choices, text, flag_values=values)
    elif _is_list(field):
        default = None if default is None else list(default)
        flags.DEFINE_multi_string(field.name, default, text, flag_values=values)
    else:
        _DEFINE[kind](field.name, default, text, flag_values=values)
    # Sets the owner that absl otherwise guesses from the call stack.
    values.register_key_flag_for_module("ce_tf", values[field.name])


def _value(field: dataclasses.Field, value: Any) -> Any:
    if value is None and field.default is dataclasses.MISSING:
        raise InputError(f"--{field.name} is missing: {_one_line(field)}")
    if _is_list(field) and value is not None:
        return tuple(map(_expand, value))
    return _expand(value)


def _expand(value: Any) -> Any:
    """`~` at the start, which a shell leaves alone behind a flag's `=`."""
    return os.path.expanduser(value) if isinstance(value, str) else value


def _kind(field: dataclasses.Field) -> Any:
    """The plain type of `X` or `X | None`."""
    if isinstance(field.type, types.UnionType):
        return next(t for t in typing.get_args(field.type) if t is not types.NoneType)
    return field.type


def _is_list(field: dataclasses.Field) -> bool:
    return typing.get_origin(field.type) is tuple


def _spelled(field: dataclasses.Field) -> str:
    if _kind(field) is bool:
        return f"--[no]{field.name}"
    return f"--{field.name}={'VALUE' if not _is_list(field) else 'VALUE (repeatable)'}"


def _one_line(field: dataclasses.Field) -> str:
    return " ".join(field.metadata["help"].split())
