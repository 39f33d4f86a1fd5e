"""The files of an archive, put where the site keeps them, and taken back if the rows cannot follow them."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from newsite.backup import manifest as manifests
from newsite.backup.archive import Archive
from newsite.backup.refusals import BackupRefused, NotEmpty
from newsite.media.folder import Folder
from newsite.media.storage import KEY, Storage
from newsite.media_settings import make_folder

IN_MEMORY = (
    4 * 1024**2
)  # bytes of a file on its way into a bucket; of a longer one the rest is on the disk
STAGE = ".restoring-"  # how a folder begins in which files wait for their place
CLOSED, OPEN = 0o600, 0o644  # of a file: for its owner, and for a web server that is another user


@contextmanager
def placed(
    archive: Archive, data: Path, media: Storage, *, secret: bool, replace: bool
) -> Iterator[None]:
    """Inside, the archive's pictures lie in the storage, and its secret in the data folder if wanted.

    What was there before is gone at the end, and back after an exception; a bucket keeps it. An archive
    that carries no pictures, since they lay in a bucket, leaves the storage alone.
    Raises NotEmpty, or BackupRefused if the files do not fit on the disk.
    """
    manifest = archive.manifest
    has_pictures = manifests.MEDIA not in manifest.left_out
    pictures = {name.partition("/")[2]: name for name in manifest.files if name != manifests.SECRET}
    if has_pictures and not replace:
        _refuse_pictures(media, _tops(pictures))
    with ExitStack() as stack:
        if secret and manifests.SECRET in manifest.files:
            with _refused(data):
                own = {manifests.SECRET: manifests.SECRET}
                stack.enter_context(_in_folder(archive, data, own, is_whole=False))
        if has_pictures:
            with _refused(media):
                stack.enter_context(_in_storage(archive, media, pictures))
        yield


def _tops(names: Iterable[str]) -> set[str]:
    return {name.partition("/")[0] for name in names}


def _refuse_pictures(media: Storage, arriving: set[str]) -> None:
    if isinstance(media, Folder) and media.root.is_dir() and _pictures(media.root, arriving):
        raise NotEmpty(f"There are pictures in {media}. Move them away, or say --replace.")


def _pictures(folder: Path, arriving: set[str]) -> list[Path]:
    """What has to go: pictures, those of a restore that was killed, and what is in the place of one that arrives.

    All else is not ours: a disk of its own has `lost+found` in it, which only root may move.
    """
    return [
        path
        for path in folder.iterdir()
        if KEY.fullmatch(path.name) or path.name.startswith(STAGE) or path.name in arriving
    ]


@contextmanager
def _refused(where: object) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise BackupRefused(f"The files cannot be put into {where}: {reason}.") from None


@contextmanager
def _in_storage(archive: Archive, media: Storage, members: dict[str, str]) -> Iterator[None]:
    if not isinstance(media, Folder):
        with _in_bucket(archive, media, members):
            yield
        return
    is_new = not media.root.is_dir()
    make_folder(media.root)
    try:
        with _in_folder(archive, media.root, members, is_whole=True):
            yield
    except BaseException:
        if is_new:
            with suppress(OSError):  # somebody has put something into it
                media.root.rmdir()
        raise


@contextmanager
def _in_folder(
    archive: Archive, folder: Path, members: dict[str, str], *, is_whole: bool
) -> Iterator[None]:
    """Inside, members of the archive lie in the folder under these names; `is_whole`: and no other picture does."""
    _refuse_too_large(archive, members, folder)
    stage = Path(tempfile.mkdtemp(dir=folder, prefix=STAGE))
    with ExitStack() as always, ExitStack() as undo:
        always.callback(shutil.rmtree, stage, ignore_errors=True)
        (stage / "new").mkdir()
        for name, member in members.items():
            mode = OPEN if is_whole else CLOSED
            _write(stage / "new" / name, archive.content(member), mode)
        _swap(folder, stage, undo, is_whole=is_whole)
        yield
        undo.pop_all()


@contextmanager
def _in_bucket(archive: Archive, media: Storage, members: dict[str, str]) -> Iterator[None]:
    """Inside, members of the archive lie in the storage; what else is there stays, under names of its own."""
    known = _tops(media.names())
    with ExitStack() as undo:
        for key in _tops(members) - known:
            undo.callback(media.clear, key)
        for name, member in members.items():
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
                file.writelines(archive.content(member))
                file.seek(0)
                media.put(name, file)
        yield
        undo.pop_all()


def _refuse_too_large(archive: Archive, members: dict[str, str], folder: Path) -> None:
    needed = sum(archive.manifest.files[member].bytes for member in members.values())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupRefused(
            f"The backup's files need {needed // 1024**2} MB; {free // 1024**2} MB are free in {folder}."
        )


def _write(path: Path, chunks: Iterator[bytes], mode: int) -> None:
    make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, CLOSED)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _swap(folder: Path, stage: Path, undo: ExitStack, *, is_whole: bool) -> None:
    """Puts what is new in the place of what is there. In the folder itself: it may be a disk of its own."""
    new, old = stage / "new", stage / "old"
    old.mkdir()
    arriving = {path.name for path in new.iterdir()}
    if is_whole:
        leaving = [path for path in _pictures(folder, arriving) if path != stage]
    else:
        leaving = [folder / name for name in arriving if (folder / name).exists()]
    moves = [(path, old / path.name) for path in leaving]
    moves += [(new / name, folder / name) for name in sorted(arriving)]
    for source, target in moves:
        source.rename(target)
        undo.callback(target.rename, source)
