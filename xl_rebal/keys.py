"""Secrets of the firm by name: from the environment, else from the system's keyring. Never written, never shown."""

from __future__ import annotations

import os
from importlib import import_module

KEYRING_SERVICE = "xl-rebal"


def secret(name: str) -> str:
    """The secret's value; '' where neither the environment nor the keyring has one."""
    found = os.environ.get(name, "").strip()
    if found:
        return found
    try:
        return str(import_module("keyring").get_password(KEYRING_SERVICE, name) or "")
    except Exception:  # no keyring package, or none that works without a desktop: then there is no secret
        return ""
