"""Chromium without a window, told what to do through a pipe (the DevTools protocol)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """Chromium without a window, told what to do through a pipe (the DevTools protocol)."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM
        (commands, self._out), (self._in, answers) = os.pipe(), os.pipe()
        script = f'exec 3<&{commands} 4>&{answers}; exec "$@"'
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        options = ["--remote-debugging-pipe", f"--user-data-dir={profile}", "--window-size=1400,1000"]
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", CHROMIUM, *flags, *options],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        self._buffer, self._number, self._session = b"", 0, ""

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._buffer:
                self._buffer += os.read(self._in, 65_536)
            answer, self._buffer = self._buffer.split(b"\0", 1)
            found = json.loads(answer)
            if found.get("id") == self._number:
                return dict(found["result"])

    def open(self, url: str) -> None:
        target = self.tell("Target.createTarget", url=url)["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def run(self, script: str) -> Any:
        return self.tell("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def until(self, script: str) -> Any:
        for _ in range(1_500):
            if found := self.run(script):
                return found
            time.sleep(0.02)
        raise AssertionError(script)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)
