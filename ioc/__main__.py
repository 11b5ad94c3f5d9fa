"""The ``ioc`` command: parses arguments, starts threads, exits. What a command does is in ``ioc/commands/``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ioc.errors import IocError, Said, StoreInUse, did_you_mean

COMMANDS = {
    "run": "start everything in one process: pages, API, feeds",
    "check": "check configuration and catalogue; print every fault with file, line and how to mend it",
    "ingest": "take files in through a feed's mapping",
    "feeds": "list every feed, or what was refused for secrecy; send a quarantine through its mapping again; ask for days gone by",
    "simulate": "play the demonstration ministry through the feeds that are marked simulated, as their real sources would",
    "query": "print an indicator's values",
    "explain": "print why an indicator changed: what each group adds to it, by its own rate and by its share",
    "targets": "print every target with value, goal, gap and status",
    "export": "write a screen, a panel, an indicator, a report or a list of records into a file: PNG, SVG, PDF, PPTX, XLSX, CSV, JSON",
    "verify": "tell whether a file is an export of this system, unchanged",
    "user": "add, list, disable and enable accounts, reset their passwords, change their roles",
    "token": "create, list and revoke tokens: for walls, for feeds, and for reading",
    "devices": "issue, list and revoke the tokens by which devices show walls",
    "audit": "recompute every number from the records, and print each that differs; or verify, search and export the audit trail",
    "backup": "copy the store and what people have done into a folder, also while everything runs",
    "restore": "put a backup back in place of what stands; while nothing runs",
    "purge": "tell which records are older than they are to be kept; with --remove, remove them and keep the numbers",
    "doctor": "look at disk, clock, fonts, browser, certificates, store, ledgers, feeds and backups, and say what to mend",
}
# Where `ioc run`, while it runs and owns the store, answers what a command would.
WHILE_RUNNING = {
    "ingest": Said("POST /api/v1/feeds/{feed}/records of a feed of kind push, or the folder of one of kind file"),
    "feeds list": Said("the page /feeds, or GET /api/v1/feeds"),
    "feeds secrets": Said("the page /admin/secrets, for administrators"),
    "feeds replay": Said("the feed's page /feeds/{feed}, or POST /api/v1/feeds/{feed}/replay"),
    "feeds backfill": Said("the feed's page /feeds/{feed}, or POST /api/v1/feeds/{feed}/backfill?from=…&to=…"),
    "query": Said("GET /api/v1/indicators/{id}/values"),
    "explain": Said("GET /api/v1/indicators/{id}/explanation"),
    "targets": Said("the page /, or GET /api/v1/targets"),
    "purge": Said("nothing while it runs; end it first"),
    "audit": Said("the page /feeds, which tells what the nightly recount has found"),
}
_KINDS = "day|week|month|quarter|year"
QUESTIONS = ("query", "explain", "targets")
FORMATS = ("json", "csv", "table")
# What is meant where no days are named, as on every page.
SPAN = "the year of --to so far; of what stands, as staff does, the day of --to itself"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parser = build_parser()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        print(f"There is no command “{words[0]}”. {did_you_mean(words[0], COMMANDS)}", file=sys.stderr)
        return 2
    options = parser.parse_args(words)
    try:
        return _run(options)
    except IocError as error:
        from ioc.commands.deployment import language_of
        from ioc.text.words import words as words_of

        said = words_of(language_of(options))
        print(" ".join([*said.told(error), said.say(_instead(options, error))]).strip(), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has left, as “| head” does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _instead(options: argparse.Namespace, error: IocError) -> Said:
    """Where to ask what cannot be asked here while the server runs; empty where nowhere."""
    asked = " ".join(filter(None, (options.command, getattr(options, "action", None))))
    where = WHILE_RUNNING.get(asked) if isinstance(error, StoreInUse) else None
    return Said("If that is “ioc run”, ask it instead: {where}.", where=where) if where else Said()


def _run(options: argparse.Namespace) -> int:
    if options.command == "run":
        from ioc.commands.run import run

        return run(options.config, options.host, options.port, demo=options.demo)
    if options.command == "check":
        from ioc.commands.check import check
        from ioc.commands.deployment import language_of

        return check(options.config, language_of(options))
    if options.command == "ingest":
        from ioc.commands.ingest import ingest

        return ingest(options.config, options.feed, options.paths)
    home = import_module(f"ioc.commands.{'ask' if options.command in QUESTIONS else options.command}")
    code: int = getattr(home, options.command)(options)
    return code


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        "ioc", description="Intelligent Operations Center: from real records to the numbers that a ministry is judged by."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        command.add_argument(
            "--config",
            type=Path,
            default=Path(os.environ.get("IOC_CONFIG") or "config.yaml"),
            help="config.yaml of the deployment",
        )
        _ARGUMENTS[name](command)
    return parser


def _run_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default=os.environ.get("IOC_HOST") or None, help="address to listen on (IOC_HOST)")
    command.add_argument(
        "--port", type=int, default=os.environ.get("IOC_PORT") or None, help="port to listen on; 0 picks a free one (IOC_PORT)"
    )
    command.add_argument("--demo", action="store_true", help="simulate a ministry, even if feeds are configured; the default while none is")


def _check_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=("vi", "en"), help="language of the faults; IOC_LANG or config.yaml's, if not given")


def _ingest_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("feed", metavar="FEED", help="name of the feed in config.yaml")
    command.add_argument("paths", metavar="PATH", nargs="*", default=[], help="files, folders or patterns; - or nothing is standard input")


def _feeds_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True)
    listed = actions.add_parser("list", help="print every feed: how it is, how new, what it has delivered")
    secrets = actions.add_parser("secrets", help="print how many records of each feed were refused for secrecy on which day")
    for action in (listed, secrets):
        _format_argument(action)
    again = actions.add_parser("replay", help="take rows in quarantine in again, after mapping or catalogue was mended")
    before = actions.add_parser("backfill", help="ask for days gone by once more")
    before.add_argument("--from", dest="start", metavar="DAY", help="the first day, such as 2026-01-01 or 01/01/2026")
    before.add_argument("--to", dest="end", metavar="DAY", help="the last day")
    for action in (again, before):
        action.add_argument("feed", metavar="FEED", help="name of the feed in config.yaml")
    for action in (listed, secrets, again, before):  # it may stand here too
        action.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="config.yaml of the deployment")


def _devices_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True)
    for name, text in (("list", "print all"), ("issue", "print a new device's token"), ("revoke", "let a device show walls no more")):
        action = actions.add_parser(name, help=text)
        action.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="config.yaml of the deployment")
        if name != "list":
            action.add_argument("device", metavar="NAME", help="what the device is called")


def _simulate_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rate", type=float, default=1, metavar="N", help="so many seconds of the ministry's life in each second")
    command.add_argument("--from", dest="start", metavar="D", help="the moment or day to begin with; now, if not given")
    command.add_argument("--until", metavar="D", help="the moment or day to end with; never, if not given")
    command.add_argument("--seed", type=int, default=1105, help="another number is another ministry")
    command.add_argument("--address", metavar="URL", help="where the IOC is served, for feeds that records are brought to")
    command.add_argument("--linger", type=float, default=5, metavar="S", help="how long addresses stay open after the end, in seconds")


def _query_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="DIM[,DIM…]", help="split by these dimensions")
    command.add_argument("--period", metavar=_KINDS, help="one value for each such period")
    _question_arguments(command, f"if not given, {SPAN}; with --period, the day of the first record")


def _explain_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--by", metavar="DIM[,DIM[,DIM]]", help="take the change apart by these; the catalogue's cubes tell which, if not given"
    )
    command.add_argument("--period", metavar=_KINDS, help="in place of --from: the kind of period in which --to lies")
    command.add_argument(
        "--against",
        metavar="last_year|previous|DAY..DAY|DIM=CODE",
        help="compare with the same days of last year (if not given), the period before, other days, or another place",
    )
    _question_arguments(command, "if not given, the first day of the year of --to")


def _question_arguments(command: argparse.ArgumentParser, without: str) -> None:
    command.add_argument("indicator", metavar="INDICATOR", help="name of the indicator")
    command.add_argument("--from", dest="start", metavar="DAY", help=f"first day, such as 2026-01-01 or 01/01/2026; {without}")
    command.add_argument("--to", dest="end", metavar="DAY", help="last day; today if not given")
    command.add_argument("--where", action="append", default=[], metavar="DIM=CODE", help="count only these; may be repeated")
    _answer_arguments(command)


def _answer_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=("vi", "en"), help="language of names and sentences; IOC_LANG or config.yaml's, if not given")
    command.add_argument("--as-of", metavar="MOMENT", help="answer from what was known then, such as 2026-11-01T08:00")
    _format_argument(command)


def _format_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=FORMATS, default="table", help="how to print the answer")


def _export_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", metavar="WHAT", help="name of a screen or indicator, or a page's address, such as /screens/NAME#panel-3")
    command.add_argument("--format", choices=("png", "svg", "pdf", "pptx", "xlsx", "csv", "json"), default="pdf", help="form of the file")
    command.add_argument("--out", metavar="F", help="file or folder to write to; this folder, if not given")
    command.add_argument("--lang", choices=("vi", "en"), help="language of its words; IOC_LANG or config.yaml's, if not given")
    command.add_argument("--as-of", metavar="MOMENT", help="show what was known then, such as 2026-11-01T08:00")
    command.add_argument("--sign", action="store_true", help="sign it with the organisation's certificate")
    command.add_argument("--theme", choices=("light", "dark"), help="colours of a picture")
    command.add_argument("--width", type=int, metavar="N", help="width of a picture, 1920 if not given")
    command.add_argument("--height", type=int, metavar="N", help="height of a picture, 1080 if not given")
    command.add_argument("--scale", type=int, choices=(1, 2, 3, 4), help="so many times as fine")
    command.add_argument("--separators", choices=("vi", "en"), help="of CSV: 1,5; or 1.5,")


def _verify_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="the file to be checked")


def _user_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True)
    for name, text in (
        ("list", "print all"),
        ("add", "add an account; prints its first password, which is to be changed at the first sign-in"),
        ("role", "give an account another role and unit; it is signed out everywhere"),
        ("disable", "let an account in no more; it is signed out everywhere"),
        ("enable", "let an account in again"),
        ("reset", "print a new first password, take the second factor off, and sign the account out everywhere"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="config.yaml of the deployment")
        if name != "list":
            action.add_argument("name", metavar="NAME", help="the name to sign in with")
        if name in {"add", "role"}:
            action.add_argument("--role", required=True, help="leader, department_head, staff, data_steward, administrator, auditor, wall")
            action.add_argument("--unit", help="code of the unit whose records it sees; needed by roles that see only their own")
        if name == "add":
            action.add_argument("--label", default="", help="full name")


def _token_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True)
    for name, text in (("list", "print all"), ("create", "print a new token's secret"), ("revoke", "let a token in no more")):
        action = actions.add_parser(name, help=text)
        action.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="config.yaml of the deployment")
        if name == "list":
            continue
        action.add_argument("name", metavar="NAME", help="what the token is called")
        kinds = ("wall", "feed", "read")
        action.add_argument("--kind", choices=kinds, required=name == "create", help="shows walls, brings records, or reads pages and API")
        if name == "create":
            action.add_argument("--for", dest="bound_to", default="", metavar="NAME[,NAME…]", help="playlists or feeds; all if not given")
            action.add_argument("--days", type=int, metavar="N", help="ends after so many days; never if not given")
            action.add_argument("--role", help="of a reading token: what it may read")
            action.add_argument("--unit", help="of a reading token: the unit whose records it sees")


def _audit_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "what",
        nargs="?",
        choices=("numbers", "verify", "list", "export", "forget"),
        default="numbers",
        help="numbers: recompute them; verify, list, export or forget (what is older than access.audit): the audit trail",
    )
    command.add_argument("--expect", metavar="HASH", help="with verify: a last hash that was noted before; it must still be in the trail")
    for name in ("who", "action", "subject"):
        command.add_argument(f"--{name}", default="", help="with list and export: only such lines")
    _format_argument(command)
    command.add_argument("--mend", action="store_true", help="count the cubes anew in which a cell differs, and audit again")


def _backup_arguments(command: argparse.ArgumentParser) -> None:
    _vault_arguments(command)
    command.add_argument("--verify", action="store_true", help="restore it to a temporary place afterwards, and compare every number")
    command.add_argument("--keep", type=int, metavar="N", help="give up all but the N newest; as config.yaml says for its own folder")


def _restore_arguments(command: argparse.ArgumentParser) -> None:
    _vault_arguments(command)
    command.add_argument("--at", metavar="NAME", help="the backup to put back; the newest, if not given")
    command.add_argument("--list", action="store_true", help="only print the backups that there are")
    command.add_argument("--verify", action="store_true", help="only restore to a temporary place, and compare every number")


def _purge_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--remove", action="store_true", help="remove what is due; without it, only tell")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print what was found")


def _doctor_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=("vi", "en"), help="language of the sentences; IOC_LANG or config.yaml's, if not given")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print what was found")


def _vault_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", metavar="DIR", type=Path, nargs="?", help="the folder of backups; config.yaml's, if not given")


_ARGUMENTS = {
    "run": _run_arguments,
    "check": _check_arguments,
    "ingest": _ingest_arguments,
    "feeds": _feeds_arguments,
    "simulate": _simulate_arguments,
    "query": _query_arguments,
    "explain": _explain_arguments,
    "targets": _answer_arguments,
    "audit": _audit_arguments,
    "backup": _backup_arguments,
    "purge": _purge_arguments,
    "doctor": _doctor_arguments,
    "restore": _restore_arguments,
    "devices": _devices_arguments,
    "export": _export_arguments,
    "verify": _verify_arguments,
    "user": _user_arguments,
    "token": _token_arguments,
}


if __name__ == "__main__":
    sys.exit(main())
