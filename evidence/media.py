"""Whether a file is what its name claims. Pure: the type itself comes from libmagic, by content.

Only a name that claims something can be wrong: `.bin`, `.001` and no ending claim nothing.
"""

from .names import ending_of

PROGRAMS = {
    "application/x-dosexec",
    "application/vnd.microsoft.portable-executable",
    "application/x-msdownload",
    "application/x-executable",
    "application/x-pie-executable",
    "application/x-elf",
    "application/x-sharedlib",
    "application/x-object",
    "application/x-mach-binary",
    "application/x-ms-shortcut",
    "text/x-shellscript",
    "text/x-msdos-batch",
}
PROGRAM_ENDINGS = {
    "exe", "dll", "sys", "scr", "com", "msi", "elf", "so", "o", "ko", "dylib", "bin", "sh", "bash", "bat", "cmd", "lnk", "efi",
}  # fmt: skip
TEXT = (
    "text/",
    "application/json",
    "application/xml",
    "application/csv",
    "application/x-ndjson",
    "message/",
    "image/svg",
)
OFFICE = ("application/vnd.openxmlformats", "application/zip", "application/octet-stream")
OLD_OFFICE = (
    "application/msword",
    "application/vnd.ms",
    "application/x-ole-storage",
    "application/CDFV2",
    "application/octet-stream",
)
CAPTURE = ("application/vnd.tcpdump.pcap", "application/x-pcapng", "application/octet-stream")

CLAIMS: dict[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "gif": ("image/gif",),
    "webp": ("image/webp",),
    "tif": ("image/tiff",),
    "tiff": ("image/tiff",),
    "bmp": ("image/",),
    "svg": ("image/svg", "text/"),
    "mp3": ("audio/", "application/octet-stream"),
    "wav": ("audio/",),
    "mp4": ("video/", "audio/"),
    "mov": ("video/",),
    "zip": ("application/zip",),
    "gz": ("application/gzip", "application/x-gzip"),
    "tgz": ("application/gzip", "application/x-gzip"),
    "bz2": ("application/x-bzip2",),
    "xz": ("application/x-xz",),
    "7z": ("application/x-7z-compressed",),
    "rar": ("application/x-rar", "application/vnd.rar"),
    "tar": ("application/x-tar",),
    "docx": OFFICE,
    "xlsx": OFFICE,
    "pptx": OFFICE,
    "doc": (*OLD_OFFICE, "text/rtf"),
    "xls": OLD_OFFICE,
    "ppt": OLD_OFFICE,
    "rtf": ("text/rtf", "application/rtf"),
    "pcap": CAPTURE,
    "pcapng": CAPTURE,
    **dict.fromkeys(
        (
            "txt",
            "log",
            "csv",
            "tsv",
            "json",
            "jsonl",
            "ndjson",
            "xml",
            "html",
            "htm",
            "md",
            "yml",
            "yaml",
            "ini",
            "ics",
        ),
        TEXT,
    ),
    "eml": (*TEXT, "message/rfc822"),
}


def contradicts(name: str, media_type: str) -> bool:
    """Whether the name says one thing and the content another."""
    ending = ending_of(name)
    if ending not in CLAIMS:
        return False
    if media_type in PROGRAMS and ending not in PROGRAM_ENDINGS:
        return True
    return not media_type.startswith(CLAIMS[ending])
