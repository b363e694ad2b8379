"""Chromium without a window, told what to do through a pipe (the DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "ArrowDown": (40, ""), "Space": (32, " ")}
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
                return dict(found.get("result", {"result": {}}))  # none while a page is being left

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

    def press(self, key: str, times: int = 1, *, shift: bool = False) -> None:
        """Press a key, as a person does: ``Tab``, ``Enter``, ``ArrowDown``, ``Space``."""
        code, text = _KEYS[key]
        shared: dict[str, Any] = {
            "key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 * shift,
        }  # fmt: skip
        for _ in range(times):
            self.tell("Input.dispatchKeyEvent", type="keyDown", **shared, **({"text": text} if text else {}))
            self.tell("Input.dispatchKeyEvent", type="keyUp", **shared)

    def type(self, text: str) -> None:
        """Type a text, key by key."""
        for character in text:
            self.tell("Input.dispatchKeyEvent", type="keyDown", key=character, text=character)
            self.tell("Input.dispatchKeyEvent", type="keyUp", key=character)

    def follow(self, action: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that page is there."""
        self.run("window.isOld = true")
        action()
        self.until("!window.isOld && document.readyState === 'complete'")

    def visit(self, url: str) -> None:
        """Go to an address."""
        self.follow(lambda: self.tell("Page.navigate", url=url))

    def look(self, *, width: int = 1400, height: int = 1000, dark: bool = False, forced: bool = False) -> None:
        """Change the size of the window, and the colors that the person prefers."""
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = {
            "prefers-color-scheme": "dark" if dark else "light",
            "forced-colors": "active" if forced else "none",
        }
        features["prefers-reduced-motion"] = "reduce"
        self.tell("Emulation.setEmulatedMedia", features=[{"name": name, "value": features[name]} for name in features])

    def picture(self) -> bytes:
        """What the window shows, as a PNG."""
        return base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)
