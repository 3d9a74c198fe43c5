"""Activation: verify, export, and flip `current` to the new release in one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from avainvarasto import lake
from avainvarasto.errors import ReleaseRefused
from avainvarasto.files import on_disk, point_link, sha256_of
from avainvarasto.quality import receipts
from avainvarasto.release import candidate as candidates
from avainvarasto.release import withdrawal
from avainvarasto.release.exports import write_exports
from avainvarasto.release.published import natures_of, published_tables
from avainvarasto.settings import Settings
from avainvarasto.warehouse import build

_ACTIVATED = "activated"


@on_disk
def activate(settings: Settings) -> Path:
    """Make the waiting candidate the active release.

    The receipt of the candidate's gate is verified here, whatever ran before, and the nature of its tables is taken
    from the lake's ledger again.

    Returns:
        the folder of the release.

    Raises:
        GateFailed: no receipt, one of other content or rules, or one with a failing rule.
        ReleaseRefused: there is no candidate, the build has changed since, or a table holds confidential data.
    """
    candidate = candidates.newest_candidate(settings)
    receipts.verified(
        candidate.folder / candidates.RECEIPT,
        candidates.GATE,
        sha256_of(candidate.file),
        candidates.suites_sha256(settings),
    )
    built, record = build.current(settings)
    if candidates.record_of(candidate.folder)["build"]["build_id"] != record["build_id"]:
        raise _refused(candidate.release_id, "a newer build exists", "run the whole night (make run)")
    natures = natures_of(lake.accepted(settings))
    tables = published_tables(built.with_suffix(".manifest.json"))
    confidential = [f"{t.schema}.{t.name}" for t in tables if t.nature(natures) == "confidential"]
    if confidential:
        raise _refused(
            candidate.release_id,
            f"{', '.join(confidential)} would show confidential data under the primary rule alone; hidden cells could "
            "be computed from totals",
            "use the marts inside the secure environment until complete protection is in place",
        )
    write_exports(candidate.file, candidate.folder)
    folder = settings.release / candidate.release_id
    candidate.folder.replace(folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    point_current(settings, folder)
    (folder / _ACTIVATED).touch()
    withdrawal.finish(settings)
    return folder


def rollback(settings: Settings, release_id: str) -> None:
    """Make a kept release the active one again; the same flip as an activation.

    Raises:
        ReleaseRefused: there is no such release, or it was withdrawn.
        GateFailed: its file is not the one that its receipt is of.
    """
    folder = settings.release / release_id
    if release_id not in {kept for kept, _, _ in releases(settings)}:
        raise _refused(release_id, "there is no such release", "`avainvarasto releases` lists them")
    if withdrawal.is_withdrawn(settings, release_id):
        raise _refused(release_id, "this release was withdrawn: its rows were to be forgotten", "choose a later one")
    receipts.verified_content(folder / candidates.RECEIPT, candidates.GATE, sha256_of(folder / candidates.FILE))
    point_current(settings, folder)


def releases(settings: Settings) -> list[tuple[str, str, bool]]:
    """Releases of this home, oldest first: id, when made, whether active."""
    active = (settings.release / "current").resolve().name
    folders = sorted(p for p in settings.release.glob("r*") if (p / candidates.RECORD).is_file())
    return [(p.name, str(candidates.record_of(p)["made_at"]), p.name == active) for p in folders]


def point_current(settings: Settings, folder: Path) -> None:
    """Flip `current` to a release; `current.duckdb` is a fixed link through it, so that all forms flip at once."""
    point_link(settings.release / "current", folder)
    link = settings.release / "current.duckdb"
    if not link.is_symlink():
        link.symlink_to(Path("current") / candidates.FILE)


def active_record(settings: Settings) -> dict[str, Any] | None:
    """Record of the active release; None before the first."""
    folder = settings.release / "current"
    return candidates.record_of(folder) if folder.exists() else None


def newest_record(settings: Settings) -> dict[str, Any] | None:
    """Record of the newest release that was ever active, rolled back or not; None before the first.

    A run that was killed between naming a release and pointing to it has made none.
    """
    kept = [settings.release / name for name, _, _ in releases(settings)]
    activated = [folder for folder in kept if (folder / _ACTIVATED).exists()]
    return candidates.record_of(activated[-1]) if activated else None


def _refused(where: str, problem: str, remedy: str) -> ReleaseRefused:
    return ReleaseRefused(where, problem, consequence="The active release stays.", remedy=remedy)
