"""Starting other programs so that none of them outlives the tests, even if those are killed."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**extra: str) -> dict[str, str]:
    """A bare one: what the developer's shell exports must not decide whether a test passes."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {"LC_ALL": "C.UTF-8", "TZ": "UTC", **kept, **extra}


def last_will(command: str, **popen: Any) -> subprocess.Popen[bytes]:
    """A shell that carries out the command once this process is gone, however it went: its end of the pipe closes then."""
    return subprocess.Popen(
        ["/bin/sh", "-c", f"cat >/dev/null; {command}"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True, **popen,
    )  # fmt: skip


def revoke(will: subprocess.Popen[bytes]) -> None:
    will.kill()
    will.wait()
    if will.stdin is not None:
        will.stdin.close()


def at_once(count: int, module: str, *arguments: str, **extra: str) -> list[str]:
    """What so many processes print that run ``python -m module`` with the same arguments. They begin at the same moment:
    each says "ready" when it has loaded everything (``wait_for_the_others``), and none goes on before all have.
    """
    command = [sys.executable, "-m", module, *arguments]
    options: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "env": environment(**extra)}
    running = [subprocess.Popen(command, **options) for _ in range(count)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=100)[0] for process in running]
    assert [process.returncode for process in running] == [0] * count, outputs
    return outputs


def wait_for_the_others() -> None:
    print("ready", flush=True)
    sys.stdin.readline()
