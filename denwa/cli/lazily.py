"""A group of commands, each of whose modules is imported when it is asked for."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import typer
import typer.core
import typer.main

from denwa.cli.common import LANGUAGE


class LazyCommands(typer.core.TyperGroup):
    """Finds a command's function, or a group of commands, in its module."""

    places: ClassVar[Mapping[str, str]] = {}
    """Where each command is: MODULE, or MODULE:NAME where the function is not called as the command is."""
    japanese: ClassVar[Mapping[str, str]] = {}
    """What each command does; in English its function says so."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands, in the order in which one needs them."""
        return [*self.places, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, None where there is none."""
        if cmd_name not in self.places:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.places[cmd_name].partition(":")
        found: typer.Typer | Callable[..., object] = getattr(
            importlib.import_module(module), name or cmd_name
        )
        does = self.japanese.get(cmd_name) if LANGUAGE == "ja" else None
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name, group.help = cmd_name, does or group.help
            return group
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(cmd_name, help=does, no_args_is_help=False)(found)
        return typer.main.get_command(alone)
