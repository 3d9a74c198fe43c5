"""The key files: 32 bytes each outside the repository, readable by their owner only.

The first key hashes codes. Each rotation adds a key that hashes the pseudonyms of the one before: `person.key`,
`person.key.2`, `person.key.3`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from avainvarasto.errors import KeyFileError

KEY_BYTES = 32
_BLOCK = 64  # of SHA-256
Pseudonyms = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Keyring:
    """The keys in the order in which they are applied."""

    keys: tuple[bytes, ...]

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """The key file and those of later rotations beside it.

        Raises:
            KeyFileError: the first is missing, one is readable by others or of a wrong length, or one between two
                others is missing.
        """
        keys = [load_key(path)]
        while (following := rotation_file(path, len(keys) + 1)).exists():
            keys.append(load_key(following))
        beyond = [p for p in path.parent.glob(f"{path.name}.*") if p.suffix[1:].isdigit()]
        if len(beyond) != len(keys) - 1:
            raise _refuse(
                rotation_file(path, len(keys) + 1),
                "a key of a rotation is missing between others",
                "restore all key files of this home from their backup",
            )
        return cls(tuple(keys))

    @property
    def key_id(self) -> str:
        """Short public name of the whole ring; tells rings apart and nothing else."""
        return hashlib.sha256(b"avainvarasto key id\x00" + b"".join(self.keys)).hexdigest()[:12]

    def pseudonym(self, domain: str, code: str) -> int:
        """Pseudonym of a canonical code in a domain; a domain keeps equal codes of different things apart."""
        value = keyed(self.keys[0], domain, code)
        for key in self.keys[1:]:
            value = wrapped(key, domain, value)
        return value

    def pseudonyms(self, domain: str, codes: Iterable[str]) -> Pseudonyms:
        """`pseudonym` of many codes, in their order."""
        values = keyed_many(self.keys[0], domain, codes)
        for key in self.keys[1:]:
            values = keyed_many(key, domain, map(str, values.tolist()))
        return values


def keyed_many(key: bytes, domain: str, codes: Iterable[str]) -> Pseudonyms:
    """`keyed` for many codes: HMAC by its definition (RFC 2104), with the key's two blocks hashed once."""
    block = key.ljust(_BLOCK, b"\x00")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + domain.encode() + b"\x00")
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
    digests = []
    for code in codes:
        of_code, whole = inner.copy(), outer.copy()
        of_code.update(code.encode())
        whole.update(of_code.digest())
        digests.append(whole.digest()[:8])
    return (np.frombuffer(b"".join(digests), ">u8") >> np.uint64(1)).astype(np.int64)


def keyed(key: bytes, domain: str, code: str) -> int:
    """HMAC-SHA-256 over domain, a zero byte and the code; the first 63 bits as a positive BIGINT."""
    digest = hmac.digest(key, domain.encode() + b"\x00" + code.encode(), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


def wrapped(key: bytes, domain: str, pseudonym: int) -> int:
    """The pseudonym that a rotation to `key` makes of an older one; no code is needed."""
    return keyed(key, domain, str(pseudonym))


def rotation_file(path: Path, number: int) -> Path:
    """Where the key of the ring's place `number` (2, 3, ...) lies."""
    return path.with_name(f"{path.name}.{number}")


def load_key(path: Path) -> bytes:
    """The 32 bytes of one key file.

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


def make_key(path: Path) -> None:
    """A random key in a new file; an existing key is left as it is."""
    if not path.exists():
        write_key(path, random_key())


def random_key() -> bytes:
    """A new key."""
    return secrets.token_bytes(KEY_BYTES)


def write_key(path: Path, key: bytes) -> None:
    """A key in a file that only its owner may read, from its first moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_bytes(key)
    partial.chmod(0o400)
    partial.rename(path)


def _refuse(path: Path, problem: str, remedy: str) -> KeyFileError:
    return KeyFileError(str(path), problem, consequence="No delivery was opened.", remedy=remedy)
