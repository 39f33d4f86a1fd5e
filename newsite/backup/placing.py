"""The files of an archive, put into the data folder, and taken back if the rows cannot follow them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from newsite.backup import manifest as manifests
from newsite.backup.archive import Archive
from newsite.backup.refusals import BackupRefused, NotEmpty


@contextmanager
def placed(archive: Archive, data: Path, *, secret: bool, replace: bool) -> Iterator[None]:
    """Inside, the archive's pictures lie in `data`, and its secret if wanted.

    What was there before is gone at the end, and back after an exception.
    Raises NotEmpty, or BackupRefused if the files do not fit on the disk.
    """
    media = data / manifests.MEDIA
    if not replace and media.is_dir() and any(media.iterdir()):
        raise NotEmpty(f"There are pictures in {media}. Move them away, or say --replace.")
    wanted = [name for name in archive.manifest.files if secret or name != manifests.SECRET]
    _refuse_too_large(archive, wanted, data)
    try:
        stage = Path(tempfile.mkdtemp(dir=data, prefix=".restoring-"))
    except OSError as error:
        raise BackupRefused(f"The files cannot be put into {data}: {error.strerror}.") from None
    with ExitStack() as always, ExitStack() as undo:
        always.callback(shutil.rmtree, stage, ignore_errors=True)
        try:
            for name in wanted:
                _write(stage / "new" / name, archive.content(name))
            _swap(data, stage, undo, {Path(name).parts[0] for name in wanted} | {manifests.MEDIA})
        except OSError as error:
            raise BackupRefused(f"The files cannot be put into {data}: {error.strerror}.") from None
        yield
        undo.pop_all()


def _refuse_too_large(archive: Archive, wanted: list[str], data: Path) -> None:
    needed = sum(archive.manifest.files[name].bytes for name in wanted)
    free = shutil.disk_usage(data).free
    if needed > free:
        raise BackupRefused(
            f"The backup's files need {needed // 1024**2} MB; {free // 1024**2} MB are free in {data}."
        )


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _swap(data: Path, stage: Path, undo: ExitStack, names: set[str]) -> None:
    (stage / "old").mkdir()
    for name in sorted(names):
        here, new, old = data / name, stage / "new" / name, stage / "old" / name
        for source, target in ((here, old), (new, here)):
            if source.exists():
                source.rename(target)
                undo.callback(target.rename, source)
