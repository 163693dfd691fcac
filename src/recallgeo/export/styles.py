"""QGIS styles, written by hand in the least XML that QGIS 3 reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from recallgeo.export.symbols import STATUS_SYMBOLS, Symbol, tier_symbol

__all__ = [
    "LayerStyle",
    "circle_style",
    "line_style",
    "place_style",
    "qml_text",
    "renderer_element",
    "status_style",
    "tier_style",
]

_OUTLINE = "35,35,35,255"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerStyle:
    """Categories of one field, each with its mark; one category without field is a plain style.

    Parameters
    ----------
    name : str
        As QGIS lists it.
    kind : str
        ``marker``, ``line`` or ``fill``.
    field : str
        Field whose value decides; empty for one mark for all.
    marks : sequence of (value, label, Symbol)
        In the order of the legend; the last is drawn last, on top.
    """

    name: str
    kind: str
    marks: Sequence[tuple[str, str, Symbol]]
    field: str = ""


def tier_style(labels: Mapping[int, str]) -> LayerStyle:
    """Give the style of the sites by tier, in the words of the run's model."""
    marks = [(str(tier), label, tier_symbol(tier)) for tier, label in sorted(labels.items())]
    return LayerStyle(name="by tier", kind="marker", field="tier", marks=marks)


def status_style() -> LayerStyle:
    """Give the style of the sites by support status."""
    words = {"active": "support active", "expired": "support expired", "none": "no support"}
    marks = [(status, words[status], symbol) for status, symbol in STATUS_SYMBOLS.items()]
    marks.append(("", "support unknown", Symbol("#ffffff", "square", 2.6)))
    return LayerStyle(name="by support status", kind="marker", field="support_status", marks=marks)


def place_style(kinds: Sequence[str]) -> LayerStyle:
    """Give the style of sensitive places: small crosses in one colour, the kind in the legend."""
    marks = [(kind, kind.replace("_", " "), Symbol("#2f5d50", "cross2", 2.4)) for kind in kinds]
    return LayerStyle(name="by kind", kind="marker", field="kind", marks=marks)


def line_style() -> LayerStyle:
    """Give the style of the lines from a site to what is near it."""
    mark = ("", "nearest sensitive place", Symbol("#5b3a8c", "line", 0.4))
    return LayerStyle(name="because", kind="line", marks=[mark])


def circle_style() -> LayerStyle:
    """Give the style of the circles of doubt and of areas: an outline, hardly filled."""
    mark = ("", "holds the true place in 95 %", Symbol("#4a6fa5", "fill", 0.3))
    return LayerStyle(name="doubt", kind="fill", marks=[mark])


def qml_text(style: LayerStyle) -> str:
    """Give a style as QML, for the table ``layer_styles``.

    Parameters
    ----------
    style : LayerStyle
        Any style.

    Examples
    --------
    >>> 'attr="tier"' in qml_text(tier_style({0: "Tier 0"}))
    True
    """
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology")
    root.append(renderer_element(style))
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        root, encoding="unicode"
    )


def renderer_element(style: LayerStyle) -> ET.Element:
    """Give the renderer of a style, as QML and projects hold it."""
    kind = "categorizedSymbol" if style.field else "singleSymbol"
    renderer = ET.Element("renderer-v2", type=kind, symbollevels="1" if style.field else "0")
    if style.field:
        renderer.set("attr", style.field)
        categories = ET.SubElement(renderer, "categories")
        for number, (value, label, _) in enumerate(style.marks):
            ET.SubElement(
                categories, "category", value=value, label=label, symbol=str(number), render="true"
            )
    symbols = ET.SubElement(renderer, "symbols")
    for number, (_, _, symbol) in enumerate(style.marks):
        # with symbol levels the first category (the most urgent) is drawn in the last pass
        drawn = len(style.marks) - 1 - number
        symbols.append(_symbol_element(style.kind, str(number), symbol, drawn))
    return renderer


def _symbol_element(kind: str, name: str, symbol: Symbol, drawn: int) -> ET.Element:
    alpha = "0.85" if kind == "fill" else "1"
    element = ET.Element("symbol", type=kind, name=name, alpha=alpha, clip_to_extent="1")
    classes = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}
    layer = ET.SubElement(
        element,
        "layer",
        {"class": classes[kind], "enabled": "1", "locked": "0", "pass": str(drawn)},
    )
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in _properties(kind, symbol).items():
        ET.SubElement(options, "Option", name=key, value=value, type="QString")
        ET.SubElement(layer, "prop", k=key, v=value)  # read by QGIS before 3.26
    return element


def _properties(kind: str, symbol: Symbol) -> dict[str, str]:
    colour = _rgba(symbol.colour)
    if kind == "marker":
        return {
            "name": symbol.shape,
            "color": colour,
            "outline_color": colour if symbol.shape.startswith("cross2") else _OUTLINE,
            "outline_width": "0.2",
            "outline_width_unit": "MM",
            "size": str(symbol.size_mm),
            "size_unit": "MM",
        }
    if kind == "line":
        return {
            "line_color": colour,
            "line_style": "dash",
            "line_width": str(symbol.size_mm),
            "line_width_unit": "MM",
        }
    return {
        "color": _rgba(symbol.colour, alpha=25),
        "style": "solid",
        "outline_color": colour,
        "outline_style": "solid",
        "outline_width": str(symbol.size_mm),
        "outline_width_unit": "MM",
    }


def _rgba(colour: str, *, alpha: int = 255) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
