"""PostgreSQL and MariaDB as private servers: each in a folder of its own, on a free port, with TLS by an authority of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Self

import psycopg
import pymysql
import pytest

ADMINISTRATOR, PASSWORD = "keeper", "mật khẩu: @/%"
# Who runs them when we are root, which neither server likes to be.
_NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def program(name: str, *folders: str) -> str:
    """The path of a program; without it the test is skipped."""
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", *folders]))
    if found is None:
        pytest.skip(f"there is no {name}: its system package is not installed")
    return found


class Server(ABC):
    """A database server. It is up when it has been entered."""

    scheme: ClassVar[str]

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ioc-db-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._certify()
            for path in (self.folder, *self.folder.iterdir()):
                if _NOBODY:
                    shutil.chown(path, "nobody", "nogroup")
            self.prepare()
            self.start()
            self.settle()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def prepare(self) -> None:
        """Lay out its folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """What runs it."""

    @abstractmethod
    def connect(self) -> Any:
        """A connection of the administrator that commits each statement."""

    @abstractmethod
    def settle(self) -> None:
        """Make the administrator's account, once it is up."""

    def url(self, database: str = "office", user: str = ADMINISTRATOR, host: str = "127.0.0.1", port: int | None = None) -> str:
        """Its address, without a password."""
        return f"{self.scheme}://{user}@{host}:{port or self.port}/{database}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **_NOBODY)
        end = time.monotonic() + 30
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, (self.folder / "log.txt").read_text(errors="replace")
            time.sleep(0.03)

    @abstractmethod
    def answers(self) -> bool:
        """Whether it takes connections."""

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it at once."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(30)
            self.process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Neither it nor any of its processes does anything meanwhile."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii").split()
        processes = [self.process.pid, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def execute(self, *statements: str) -> list[Any]:
        """Run statements; the rows of the last."""
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def run(self, *command: str | Path) -> None:
        """Run a program of the server as its user."""
        done = subprocess.run(list(map(str, command)), check=False, capture_output=True, cwd=self.folder, **_NOBODY)
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    def _certify(self) -> None:
        """An authority, and by it a certificate for localhost alone."""
        key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
        authority = [program("openssl"), "req", "-x509", *key, "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem"]
        server = ["openssl", "req", "-x509", *key, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        server += ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:false"]
        for command in (authority, [*server, "-keyout", "server.key", "-out", "server.pem"]):
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        (self.folder / "server.key").chmod(0o600)


class PostgreSQL(Server):
    """A PostgreSQL."""

    scheme = "postgresql"

    def prepare(self) -> None:
        (self.folder / "password").write_text(PASSWORD)
        self._programs = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
        initdb = [program("initdb", *self._programs), "--auth=scram-sha-256", "--pwfile=password", "--no-sync", "--no-instructions"]
        self.run(*initdb, "--encoding=UTF8", "--locale=C.UTF-8", f"--username={ADMINISTRATOR}", "-D", self.folder / "data")

    def command(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "shared_buffers": "32MB",
            "max_parallel_workers_per_gather": 0,
            "ssl": "on",
            "ssl_cert_file": self.folder / "server.pem",
            "ssl_key_file": self.folder / "server.key",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [program("postgres", *self._programs), "-D", str(self.folder / "data"), *options]

    def connect(self, database: str = "office") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=ADMINISTRATOR, password=PASSWORD, dbname=database, autocommit=True, connect_timeout=5
        )

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def settle(self) -> None:
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE office")


class MariaDB(Server):
    """A MariaDB."""

    scheme = "mariadb"

    def prepare(self) -> None:
        install = [program("mariadb-install-db"), "--no-defaults", f"--datadir={self.folder / 'data'}", "--skip-test-db"]
        self.run(*install, "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M", "--skip-name-resolve")

    def command(self) -> list[str]:
        settings = {
            "datadir": self.folder / "data",
            "port": self.port,
            "bind-address": "127.0.0.1",
            "socket": self.folder / "socket",
            "pid-file": self.folder / "pid",
            "innodb-flush-log-at-trx-commit": 0,
            "innodb-log-file-size": "8M",
            "innodb-buffer-pool-size": "32M",
            "character-set-server": "utf8mb4",
            "ssl-cert": self.folder / "server.pem",
            "ssl-key": self.folder / "server.key",
        }
        return [program("mariadbd"), "--no-defaults", "--skip-log-bin", *(f"--{name}={value}" for name, value in settings.items())]

    def connect(self) -> pymysql.Connection[Any]:
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user=ADMINISTRATOR, password=PASSWORD.encode(), database="office", autocommit=True
        )

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.connect(str(self.folder / "socket"))
            return bool(line.recv(1))
        return False

    def settle(self) -> None:
        with closing(pymysql.connect(unix_socket=str(self.folder / "socket"), user="root")) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE office")
            cursor.execute(f"CREATE USER {ADMINISTRATOR}@'%%' IDENTIFIED BY %s", [PASSWORD])
            cursor.execute(f"GRANT ALL ON *.* TO {ADMINISTRATOR}@'%' WITH GRANT OPTION")
