"""The commands that install what Letters may need from the operating system."""

from __future__ import annotations

import shutil
import sys
from types import MappingProxyType

_MANAGERS = ("apt-get", "dnf", "zypper", "pacman", "apk")
_PANGO = MappingProxyType({
    "apt-get": "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "dnf": "sudo dnf install pango",
    "zypper": "sudo zypper install libpango-1_0-0",
    "pacman": "sudo pacman -S pango",
    "apk": "sudo apk add pango",
    "darwin": "brew install pango",
    "win32": "install MSYS2, run pacman -S mingw-w64-ucrt-x86_64-pango in its window, and set "
    r"WEASYPRINT_DLL_DIRECTORIES to C:\msys64\ucrt64\bin",
})  # fmt: skip
_SSH_KEYGEN = MappingProxyType({
    "apt-get": "sudo apt-get install openssh-client",
    "dnf": "sudo dnf install openssh-clients",
    "zypper": "sudo zypper install openssh-clients",
    "pacman": "sudo pacman -S openssh",
    "apk": "sudo apk add openssh-keygen",
    "darwin": "xcode-select --install",
    "win32": "Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0",
})  # fmt: skip


def install_pango(system: str = "") -> str:
    """What to do to install the libraries that WeasyPrint loads: a command, or on Windows a few words.

    Args:
        system: ``darwin``, ``win32``, or a package manager of Linux; that of this machine if empty.
    """
    return _PANGO[system or _system()]


def install_ssh_keygen(system: str = "") -> str:
    """The same for the program that signs approvals."""
    return _SSH_KEYGEN[system or _system()]


def _system() -> str:
    if sys.platform in ("darwin", "win32"):
        return sys.platform
    return next(filter(shutil.which, _MANAGERS), _MANAGERS[0])
