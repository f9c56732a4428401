"""What `denwa alarm` can do, by name; each one's module is imported when it is asked for."""

import typer

from denwa.cli.lazily import LazyCommands

ACTIONS = {
    "add": "denwa.alarm.add",
    "list": "denwa.alarm.listing:list_alarms",
    "show": "denwa.alarm.showing:show",
    "cancel": "denwa.alarm.cancelling:cancel",
    "history": "denwa.alarm.history",
    "import": "denwa.alarm.importing:import_file",
    "export": "denwa.alarm.exporting:export",
}
"""Where each is."""
JAPANESE = {
    "add": "アラームを予約します。",
    "list": "これから鳴るアラームを表示します。次に鳴るものが上です。",
    "show": "一つのアラームのすべてを表示します。",
    "cancel": "アラームを取り消します。--once なら次の一回だけ。",
    "history": "いつ何が行われ、呼び出しがどうなったかを表示します。新しいものが下です。",
    "import": "iCalendar ファイルの予定をアラームとして予約します。",
    "export": "アラームを iCalendar ファイルに書き出します。",
}
"""What each does; in English its function says so."""


class Actions(LazyCommands):
    """The commands below `denwa alarm`."""

    places = ACTIONS
    japanese = JAPANESE


alarm = typer.Typer(
    cls=Actions,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Book alarms, show them, cancel them.",
)
