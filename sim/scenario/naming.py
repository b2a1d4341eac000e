"""Kubernetes' rules for names, labels and annotations.

Source: kubernetes/apimachinery:pkg/util/validation/validation.go.
"""

from __future__ import annotations

import re

from sim.i18n import Message, message

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*", re.ASCII)
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", re.ASCII)


def subdomain(text: str) -> Message | None:
    """What is wrong with *text* as an RFC 1123 subdomain, None if nothing is."""
    if len(text) <= 253 and _SUBDOMAIN.fullmatch(text):
        return None
    return message("an RFC 1123 name: at most 253 lower-case letters, digits, '-' and '.'")


def label(text: str) -> Message | None:
    """What is wrong with *text* as an RFC 1123 label."""
    if len(text) <= 63 and _LABEL.fullmatch(text):
        return None
    return message("an RFC 1123 label: at most 63 lower-case letters, digits and '-'")


def service(text: str) -> Message | None:
    """What is wrong with *text* as the name of a Service, an RFC 1035 label."""
    if len(text) <= 63 and _LABEL_1035.fullmatch(text):
        return None
    return message("an RFC 1035 label: at most 63 of a-z, 0-9 and '-', a letter first")


def port(text: str) -> Message | None:
    """What is wrong with *text* as the name of a container's port."""
    has_letter = re.search("[a-z]", text) is not None
    if len(text) <= 15 and has_letter and "--" not in text and _SERVICE.fullmatch(text):
        return None
    return message("at most 15 of a-z, 0-9 and single '-', with a letter among them")


def label_value(text: str) -> Message | None:
    """What is wrong with *text* as the value of a label."""
    if not text or (len(text) <= 63 and _QUALIFIED.fullmatch(text)):
        return None
    return message("at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends")


def label_key(text: str) -> Message | None:
    """What is wrong with *text* as the name of a label or an annotation."""
    prefix, slash, name = text.rpartition("/")
    if slash and subdomain(prefix) is not None:
        return message("before the slash a domain, such as example.com/name")
    if len(name) <= 63 and _QUALIFIED.fullmatch(name):
        return None
    return message("at most 63 letters, digits, '-', '_' and '.', perhaps after a domain and '/'")
