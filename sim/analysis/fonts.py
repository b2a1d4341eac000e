"""Fonts: which installed ones can show a language, so that no picture has empty boxes."""

from __future__ import annotations

from matplotlib import font_manager

LATIN = "DejaVu Sans"  # Comes with matplotlib.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "SimSun",
    "Noto Sans CJK JP",  # One file holds all of Noto's languages; some systems list only this name.
    "Arial Unicode MS",
)


def families(language: str) -> list[str]:
    """Font families to try in turn for *language*; without a Chinese one there is only Latin."""
    if language != "zh":
        return [LATIN]
    installed = set(font_manager.get_font_names())
    return [*[name for name in CHINESE if name in installed][:1], LATIN]


def drawable(language: str) -> str:
    """*language*, or English where no installed font can show it."""
    return language if language == "en" or len(families(language)) > 1 else "en"
