"""What the operating system refused, as one sentence a person can act on."""

from __future__ import annotations

import errno

from sim.i18n import Message, message

REASONS = {
    errno.EACCES: message("permission denied"),
    errno.EPERM: message("permission denied"),
    errno.EROFS: message("the file system is read-only"),
    errno.ENOSPC: message("no space left on the device"),
    errno.EFBIG: message("the file would grow beyond what is allowed"),
    errno.EDQUOT: message("the disk quota is used up"),
    errno.ENOENT: message("no such file or directory"),
    errno.ENOTDIR: message("part of the path is not a directory"),
    errno.EISDIR: message("is a directory"),
    errno.EEXIST: message("exists already"),
    errno.ENOTEMPTY: message("exists already and is not empty"),
    errno.ENAMETOOLONG: message("the name is too long"),
    errno.EMFILE: message("too many open files"),
    errno.ENOMEM: message("out of memory"),
}


def explain(error: Exception) -> Message:
    """What *error* means, with the file it happened to where that is known."""
    if isinstance(error, MemoryError):
        return message("out of memory")
    if not isinstance(error, OSError):
        return Message("{name}: {text}", {"name": type(error).__name__, "text": str(error)})
    reason: object = error.strerror or str(error)
    if error.errno is not None:
        reason = REASONS.get(error.errno, reason)
    if error.filename is None:
        return Message("{reason}", {"reason": reason})
    return Message("{file}: {reason}", {"file": error.filename, "reason": reason})
