"""Everything that a page says, to eyes and screen readers, and what is in the wrong language.

What may be English on a Chinese page is listed here, each with its reason.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page

from sim.faults import FAULTS
from sim.routers import ROUTERS
from sim.scenario.source import bundled_scenarios
from sim.strategies import STRATEGIES
from sim.traffic.balancers import BALANCERS

CJK = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
# Places whose words are nobody's translation.
ELSEWHERE = {
    "pre, code, textarea, script, style, noscript": "files, programs, and what a terminal prints",
    "[class*='st-key-in-english']": "statements about Kubernetes, said to be in English",
    "[data-testid=stIconMaterial]": "the name of a sign in a font of signs",
    ".st-key-language": "each language is called by its own name",
    ".events .note": "what Kubernetes writes into an event",
}
# Words that are the same in both languages.
NAMES = {
    "ours, as one writes them in a command": {
        *STRATEGIES,
        *FAULTS,
        *ROUTERS,
        *BALANCERS,
        *bundled_scenarios(),
    },
    "Kubernetes' own": {
        *("Pod", "Deployment", "Service", "ReplicaSet", "Ingress", "Rollout", "Rollouts", "Argo"),
        *("Kubernetes", "Healthy", "Unfinished", "Degraded", "SIGTERM", "SIGKILL", "OOM", "CPU"),
        *("API", "kubelet", "kubectl", "watch", "sidecar", "Secret"),
    },
    "of other programs and protocols": {
        *("Seatrial", "Streamlit", "Prometheus", "Alertmanager", "HTTP", "Web", "Git", "Istio"),
        *("Envoy", "iptables", "nginx", "GET"),
    },
    "formats, units and signs": {
        *("YAML", "YML", "JSON", "CSV", "PNG", "SVG", "HTML", "Parquet", "MB", "KiB", "MiB", "GiB"),
        *("Mi", "Gi", "ms", "SLO", "BCa", "Enter", "Ctrl"),
    },
    "the conditions of an endpoint": {"ready", "true", "false", "terminating"},
    "of a query language": {"sum", "by", "rate", "version"},
    "of the steps of a canary, as one writes them": {"pause"},
    "of people, books and a conference": {
        *("Fleiss", "Levin", "Paik", "Fabijan", "KDD", "Kingman", "Poisson", "Processes"),
        *("Kleinrock", "Queueing", "Systems"),
    },
}
KNOWN = {name for names in NAMES.values() for name in names}
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-+_./:=%@\[\]…]+[A-Za-z0-9]+)*")
# A name that a program reads, such as maxSurge, web-app-2, 5xx, traffic.rate or 100/s.
IDENTIFIER = re.compile(r"[-+_./:=%@\[\]0-9]|[a-z][A-Z]")
# The name of a field or of its value in a table, an option or a label: `replicas`, `poisson`.
FIELD = re.compile(r"[a-z]+[.:]?")
_COLLECT = """(elsewhere) => {
  const found = [];
  const spoken = ["aria-label", "title", "placeholder", "alt", "aria-valuetext"];
  const note = (kind, text, element) => {
    const said = (text || "").replace(/\\s+/g, " ").trim();
    if (said && !element.closest(elsewhere)) found.push([kind, said, !!element.closest("td")]);
  };
  const visit = (root) => {
    for (const element of root.querySelectorAll("*")) {
      for (const name of spoken) note(name, element.getAttribute(name), element);
      let text = "";  // A place where a long name may be broken does not end it.
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) text += node.data;
        else if (node.nodeName !== "WBR") { note("text", text, element); text = ""; }
      }
      note("text", text, element);
      for (const part of ["::before", "::after"]) {
        const content = getComputedStyle(element, part).content;
        if (content.startsWith('"')) note(part, content.slice(1, -1), element);
      }
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
  return found;
}"""


def foreign_words(page: Page, language: str) -> list[str]:
    """What *page* says that is not in *language*, each with where it is said."""
    said = page.evaluate(_COLLECT, ", ".join(ELSEWHERE))
    found = [
        f"{kind}: {text[:120]}"
        for kind, text, in_table in said
        if (bool(CJK.search(text)) if language == "en" else is_english(text, in_table=in_table))
    ]
    return sorted(set(found))


def is_english(text: str, *, in_table: bool = False) -> bool:
    """Whether *text* has English in it that is no name."""
    if not CJK.search(text):
        words = _unknown(text)
        field = in_table and FIELD.fullmatch(text) is not None
        return bool(words) and not field
    # In a Chinese sentence one word may be a version's or a dependency's name, two are a phrase.
    parts = re.split("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]+", text)
    return any(len(_unknown(part)) > 1 for part in parts)


def _unknown(text: str) -> list[str]:
    words = [word.rstrip(".:") for word in WORD.findall(text)]
    return [
        word
        for word in words
        if len(word) > 1 and word not in KNOWN and not IDENTIFIER.search(word)
    ]
