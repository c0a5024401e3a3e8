"""System libraries and fonts that no wheel brings, found by trying to load them."""

import ctypes
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from normsplatform.cli import apt
from normsplatform.cli.terminal import warn
from normsplatform.embedded.errors import LauncherError


@dataclass(frozen=True)
class Need:
    """One thing of the system: how it is found, Debian's package for it, and what it is for."""

    package: str
    purpose: str
    present: Callable[[], bool]
    essential: bool = True


def _loads(*names: str) -> Callable[[], bool]:
    def present() -> bool:
        for name in names:
            try:
                ctypes.CDLL(name)
            except OSError:
                continue
            return True
        return False

    return present


def font_folders() -> list[Path]:
    """Where fontconfig looks by default."""
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path("~/.local/share/fonts").expanduser(),
        Path("~/.fonts").expanduser(),
        Path("/Library/Fonts"),
        Path("/System/Library/Fonts"),
    ]


def _has_font(*patterns: str) -> Callable[[], bool]:
    def present() -> bool:
        return any(next(folder.rglob(pattern), None) for folder in font_folders() for pattern in patterns)

    return present


NEEDS = (
    Need("libpango-1.0-0", "text layout in PDFs (WeasyPrint)", _loads("libpango-1.0.so.0", "libpango-1.0.0.dylib")),
    Need("libpangoft2-1.0-0", "fonts in PDFs (WeasyPrint)", _loads("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib")),
    Need(
        "libharfbuzz-subset0",
        "small, complete fonts inside PDFs (WeasyPrint)",
        _loads("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ),
    Need(
        "libmagic1",
        "a file's type by its content, never by its name",
        _loads("libmagic.so.1", "libmagic.1.dylib", "libmagic.dylib"),
    ),
    Need(
        "fonts-dejavu-core", "Latin, Greek and Cyrillic letters in PDFs", _has_font("DejaVuSans*.ttf", "*.ttf", "*.otf")
    ),
    # DejaVu has no Han and little Arabic. One package covers Arabic and most other scripts of the languages we speak.
    Need(
        "fonts-noto-core",
        "Arabic letters in PDFs",
        _has_font("NotoNaskhArabic*", "NotoSansArabic*", "Amiri*", "*Arabic*"),
        essential=False,
    ),
)


def missing() -> list[Need]:
    """What is not there."""
    return [need for need in NEEDS if not need.present()]


def ensure() -> None:
    """Install what is missing as root. Otherwise stop, unless the product does its work without it."""
    absent = missing()
    if not absent:
        return
    purposes = "; ".join(need.purpose for need in absent)
    if os.geteuid() == 0 and apt.is_here():
        essential = [need.package for need in absent if need.essential]
        if essential:
            apt.install(essential, "; ".join(need.purpose for need in absent if need.essential))
        for need in absent:
            if not need.essential:
                _try_to_install(need)
        still = [need for need in missing() if need.essential]
        if still:
            names = ", ".join(need.package for need in still)
            raise LauncherError(f"{names} was installed but cannot be loaded. Try: ldconfig")
    elif any(need.essential for need in absent):
        apt.install([need.package for need in absent], purposes)
    else:
        warn(
            f"missing: {purposes}. The platform runs; to have it: {apt.command_for([need.package for need in absent])}"
        )


def _try_to_install(need: Need) -> None:
    try:
        apt.install([need.package], need.purpose)
    except LauncherError as problem:
        warn(f"{str(problem).splitlines()[0]} The platform runs without it.")


def chromium() -> str:
    """The browser the tests drive: ``NORMS_CHROMIUM``, or what is on the path; empty when there is none."""
    if chosen := os.environ.get("NORMS_CHROMIUM"):
        return chosen
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), "")


def ensure_chromium() -> str:
    """The browser, installed from Debian when it is missing and we are root."""
    if found := chromium():
        return found
    apt.install(["chromium"], "the browser that the browser tests drive (./norms test --fast does without)")
    if found := chromium():
        return found
    raise LauncherError("Chromium was installed but is not on the path. Set NORMS_CHROMIUM to the program.")
