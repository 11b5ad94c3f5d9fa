"""The browser that draws is started so that it can do no harm: by an account without rights, in its own sandbox, and told no secret.

Chromium makes its sandbox out of user namespaces and refuses to make it as root. As root it is therefore started by the account ``nobody``.
Where an account cannot make namespaces, a profile or a helper of the system may still let the browser make its sandbox: it is asked, and
only where it refuses itself (a container, a hardened service), it draws without a sandbox of its own, within theirs.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from choreographer.browsers import Chromium

NOBODY = "nobody"
# What the browser is told of the environment; secrets stand there too, and are none of its business.
TOLD = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_DATA_DIRS"})
# What Chromium's sandbox is made of.
_NAMESPACES = ("unshare", "--user", "--map-root-user", "--pid", "--net", "--fork", "chroot", "/", "true")
# Nothing can be reached, whatever a page asks for.
ISOLATED = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=socks5://0.0.0.0:9",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,AutofillServerCommunication",
    "--no-pings",
)
DRAWING = ("--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text")
UNWANTED = ("--disable-web-security", "--allow-file-access-from-files", "--enable-logging=stderr", "--disable-popup-blocking")


@dataclass(frozen=True)
class Confinement:
    """By which account the browser is started (None: by the product's own), and whether it can make its sandbox."""

    account: str | None
    sandbox: bool

    @property
    def before(self) -> tuple[str, ...]:
        """What is written before its command."""
        if self.account is None:
            return ()
        known = pwd.getpwnam(self.account)
        ids = (f"--reuid={known.pw_uid}", f"--regid={known.pw_gid}", "--clear-groups", "--inh-caps=-all")
        return ("setpriv", *ids, "--no-new-privs", "--")


def confinement(browser: str | None = None) -> Confinement:
    """How it can be confined on this system, under this account; ``browser`` is asked itself where that is not certain."""
    account = NOBODY if os.geteuid() == 0 and shutil.which("setpriv") and _is_known(NOBODY) else None
    found = Confinement(account, sandbox=False)
    if os.geteuid() == 0 and account is None:
        return found
    can = _can([*found.before, *_NAMESPACES])
    return Confinement(account, can or (account is None and browser is not None and _starts(browser)))


def _starts(browser: str) -> bool:
    """Whether a browser starts with its sandbox."""
    with TemporaryDirectory(prefix="ioc-browser-", ignore_cleanup_errors=True) as home:
        told = {name: value for name, value in os.environ.items() if name in TOLD}
        empty = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={home}", "--dump-dom", "about:blank"]
        return _can(empty, told | {"HOME": home, "TMPDIR": home})


def _is_known(account: str) -> bool:
    try:
        return bool(pwd.getpwnam(account))
    except KeyError:
        return False


def _can(command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=20, env=environment).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class ConfinedChromium(Chromium):
    """Chromium that reaches nothing, and may do little."""

    account: str | None = None
    before: tuple[str, ...] = ()

    def pre_open(self) -> None:
        """Make its folder, which belongs to the account that it is started by."""
        super().pre_open()
        if self.account is not None:
            known = pwd.getpwnam(self.account)
            os.chown(self.tmp_dir.path, known.pw_uid, known.pw_gid)

    def get_env(self) -> MutableMapping[str, str]:
        """An environment of its own; what it keeps at home, or for a while, it keeps in its folder."""
        told = {name: value for name, value in super().get_env().items() if name in TOLD}
        return {**told, "HOME": str(self.tmp_dir.path), "TMPDIR": str(self.tmp_dir.path)}

    def get_cli(self) -> Sequence[str]:
        """How it is started: Python with the library's wrapper, and Chromium with what it is to do."""
        python, wrapper, *chromium = super().get_cli()
        return [python, wrapper, *self.before, *(each for each in chromium if each not in UNWANTED), *ISOLATED, *DRAWING]


def confined(by: Confinement) -> type[ConfinedChromium]:
    """Chromium confined so."""
    return type("Chromium", (ConfinedChromium,), {"account": by.account, "before": by.before})
