"""Nothing happens at import: no thread, no written file, no connection, no process, no callback in Dash's global list."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.house.tree import ROOT, module_name, sources

# Runs in a fresh interpreter. The third-party libraries are imported before the watch begins: what they do is their affair,
# and ours is what our own modules do on top.
WATCH = """
import ast, importlib, json, os, sys, threading
modules, faults, watching = json.loads(sys.stdin.read()), [], ["", False]

def third_party(name):
    tree = ast.parse(open(importlib.util.find_spec(name).origin, encoding="utf-8").read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module

def ours(name):
    return name.partition(".")[0] in OURS

def hook(event, args):
    if not watching[1]:
        return
    if event == "open" and isinstance(args[0], (str, bytes)):
        mode, flags = args[1] or "", args[2] or 0
        if set(mode) & set("wax+") or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            faults.append(f"{watching[0]} opens {args[0]} for writing")
    elif event in {"socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "sqlite3.connect"}:
        faults.append(f"{watching[0]} does {event}")

OURS = {name.partition(".")[0] for name in modules}
import importlib.util
for name in modules:
    for other in third_party(name):
        if not ours(other):
            importlib.import_module(other)

sys.addaudithook(hook)
threads = set(threading.enumerate())
for name in modules:
    watching[:] = name, True
    importlib.import_module(name)
    watching[1] = False
    if started := set(threading.enumerate()) - threads:
        faults.append(f"{name} starts {len(started)} thread(s)")
        threads |= started
    dash_callback = sys.modules.get("dash._callback")
    if dash_callback and (dash_callback.GLOBAL_CALLBACK_LIST or dash_callback.GLOBAL_CALLBACK_MAP):
        faults.append(f"{name} registers a callback at import")
        dash_callback.GLOBAL_CALLBACK_LIST.clear(), dash_callback.GLOBAL_CALLBACK_MAP.clear()
    dash_pages = sys.modules.get("dash._pages")
    if dash_pages and dash_pages.PAGE_REGISTRY:
        faults.append(f"{name} registers a page at import")
        dash_pages.PAGE_REGISTRY.clear()
print(json.dumps(faults))
"""


def faults_of(modules: list[str], folder: str) -> list[str]:
    """What importing the modules, in this order, does besides defining names."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH], input=json.dumps(modules), cwd=folder, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_our_modules_do_nothing_at_import() -> None:
    assert faults_of([module_name(path) for path in sources()], str(ROOT)) == []


def test_the_watch_notices(tmp_path) -> None:
    (tmp_path / "busy.py").write_text(
        "import threading, time, dash\n"
        "threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()\n"
        "open('left.txt', 'w').close()\n"
        "dash.callback(dash.Output('a', 'b'), dash.Input('c', 'd'))(lambda c: c)\n"
    )
    assert faults_of(["busy"], str(tmp_path)) == [
        "busy opens left.txt for writing",
        "busy starts 1 thread(s)",
        "busy registers a callback at import",
    ]
