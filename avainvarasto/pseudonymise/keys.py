"""The key file: 32 bytes outside the repository, readable by its owner only."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from avainvarasto.errors import KeyFileError

KEY_BYTES = 32


def load_key(path: Path) -> bytes:
    """The 32 bytes of the key file.

    Raises:
        KeyFileError: there is no file, others may read it, or its length is wrong.
    """
    if not path.is_file():
        raise _refuse(path, "there is no key file", "put the controller's key there (32 bytes, mode 0400)")
    if path.stat().st_mode & 0o077:
        raise _refuse(path, "others than the owner may read the key", f"chmod 0400 {path.name}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise _refuse(path, f"the key has {len(key)} bytes, not {KEY_BYTES}", "put the whole key of 32 bytes there")
    return key


def make_demo_key(path: Path) -> None:
    """A random key for a home that holds made-up persons only; an existing key is left as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(secrets.token_bytes(KEY_BYTES))
    path.chmod(0o400)


def key_id(key: bytes) -> str:
    """Short public name of a key; tells keys apart and nothing else."""
    return hashlib.sha256(b"avainvarasto key id\x00" + key).hexdigest()[:12]


def _refuse(path: Path, problem: str, remedy: str) -> KeyFileError:
    return KeyFileError(str(path), problem, consequence="No delivery was opened.", remedy=remedy)
