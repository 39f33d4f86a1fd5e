"""Why an archive is not made, not taken, or not put back."""

from newsite.errors import RuleBroken


class BackupRefused(RuleBroken):
    """Nothing was written, or nothing of it was left; the message says why and what to do."""


class ArchiveDamaged(BackupRefused):
    """The file is not what some newsite wrote."""


class ArchiveNewer(BackupRefused):
    """The file was written by a newer newsite than this one."""


class NotEmpty(BackupRefused):
    """What is there already would be lost."""
