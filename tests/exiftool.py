"""What exiftool finds in files; it knows more of what cameras and programs leave there than we do."""

import shutil
import subprocess
from pathlib import Path

import pytest
from postgres_server import IN_CI

# What it says of a file and of the pixels themselves; everything else was put in by somebody.
OWN = """
    ExifToolVersion FileName Directory FileSize FileModifyDate FileAccessDate FileInodeChangeDate
    FilePermissions FileType FileTypeExtension MIMEType SourceFile JFIFVersion ResolutionUnit
    XResolution YResolution ImageWidth ImageHeight EncodingProcess BitsPerSample ColorComponents
    YCbCrSubSampling ImageSize Megapixels BitDepth ColorType Compression Filter Interlace VP8Version
    HorizontalScale VerticalScale AlphaIsUsed WebP_Flags Palette
    MajorBrand MinorVersion CompatibleBrands HandlerType PrimaryItemReference ImageSpatialExtent
    ImagePixelDepth AV1ConfigurationVersion SeqProfile SeqLevelIdx0 SeqTier0 HighBitDepth TwelveBit
    ChromaFormat ChromaSamplePosition InitialDelaySamples ColorProfiles ColorPrimaries
    TransferCharacteristics MatrixCoefficients MediaDataSize MediaDataOffset MediaData BackgroundColor
    AnimationLoopCount Duration
"""


def added(folder: Path, files: dict[str, bytes]) -> set[str]:
    """What somebody put into one of these files. Skips, or fails in CI, where exiftool is not installed."""
    if shutil.which("exiftool") is None:
        if IN_CI:
            pytest.fail("no exiftool")
        pytest.skip("no exiftool: install libimage-exiftool-perl")
    paths = [folder / name.replace("/", "-") for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    said = subprocess.run(
        ["exiftool", "-s", "-a", "-u", "-q", *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    found = [line.split(":")[0].strip() for line in said]
    assert found.count("FileType") == len(files), "not every file was read"
    return set(found) - set(OWN.split())
