# mypy: ignore-errors
"""Opens a GeoPackage in QGIS without a window and prints what QGIS made of it, as JSON.

Run by the interpreter that has QGIS, with: file, date shown, picture to write.
"""

from __future__ import annotations

import json
import sys
from datetime import date

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDateTimeRange,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
    QgsVectorLayer,
    QgsVectorLayerTemporalContext,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QSize, Qt, QTime

PLACES = (
    "states", "site_areas", "zones", "nodes", "zone_periods", "node_periods", "upgrades", "plants", "sites",
    "site_periods",
)  # fmt: skip


def main(path, shown, picture):
    """Load every layer, filter by time, draw a map."""
    application = QgsApplication([], False)
    application.initQgis()
    layers, found = [], {}
    day = date.fromisoformat(shown)
    start = QDateTime(QDate(day.year, day.month, day.day), QTime(0, 0), Qt.UTC)
    moment = QgsDateTimeRange(start, start)
    for name in PLACES:
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if not layer.isValid():
            continue
        _, is_default = layer.loadDefaultStyle()
        temporal = layer.temporalProperties()
        renderer = layer.renderer()
        kind = renderer.type()
        words = filter_of(layer, moment) if temporal.isActive() else ""
        request = QgsFeatureRequest()
        if words:
            request.setFilterExpression(words)
        count = sum(1 for _ in layer.getFeatures(request))
        found[name] = {
            "style_loaded": is_default,
            "renderer": kind,
            "categories": [c.value() for c in renderer.categories()]
            if kind == "categorizedSymbol"
            else [],
            "is_temporal": temporal.isActive(),
            "start": temporal.startField(),
            "end": temporal.endField(),
            "mode": int(temporal.mode()),
            "shown": count,
            "in_frame": in_frame(layer, day) if name == "site_periods" else None,
            "all": layer.featureCount(),
            "labels": layer.labelsEnabled(),
            "sizes": sizes(layer),
            "drawn": drawn(layer),
        }
        layers.append(layer)
    draw(layers, moment, picture)
    print(json.dumps(found, sort_keys=True))
    application.exitQgis()


def filter_of(layer, moment):
    """What QGIS asks of the features at a moment."""
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)
    return layer.temporalProperties().createFilterString(context, moment)


def drawn(layer):
    """Features for which the style has a symbol."""
    context = QgsRenderContext()
    context.setExpressionContext(QgsExpressionContext())
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    count = 0
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        count += renderer.symbolForFeature(feature, context) is not None
    renderer.stopRender(context)
    return count


def in_frame(layer, day):
    """Starts of what shows while the temporal controller stands on the half-year of a date."""
    first = date(day.year, 1 if day.month < 7 else 7, 1)
    then = date(day.year, 7, 1) if day.month < 7 else date(day.year + 1, 1, 1)
    ends = [QDateTime(QDate(d.year, d.month, d.day), QTime(0, 0), Qt.UTC) for d in (first, then)]
    request = QgsFeatureRequest()
    request.setFilterExpression(filter_of(layer, QgsDateTimeRange(ends[0], ends[1], True, False)))
    return sorted({f["start_date"].toString("yyyy-MM-dd") for f in layer.getFeatures(request)})


def sizes(layer):
    """Sizes of the marks that QGIS computes, the largest and the smallest [mm]."""
    context = QgsRenderContext()
    expressions = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setExpressionContext(expressions)
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    found = []
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        if symbol is not None and symbol.type() == 0:
            grown = symbol.symbolLayer(0).dataDefinedProperties()
            value, is_set = grown.valueAsDouble(
                0, context.expressionContext(), symbol.symbolLayer(0).size()
            )
            found.append(value if is_set else symbol.symbolLayer(0).size())
    renderer.stopRender(context)
    return [min(found), max(found)] if found else []


def draw(layers, moment, picture):
    """The map at a moment in Albers, as PNG."""
    settings = QgsMapSettings()
    settings.setLayers(layers[::-1])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:5070"))
    settings.setOutputSize(QSize(1280, 800))
    settings.setExtent(QgsRectangle(-2420000, 200000, 2320000, 3200000))
    settings.setIsTemporal(True)
    settings.setTemporalRange(moment)
    QgsProject.instance().addMapLayers(layers)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    if not job.renderedImage().save(picture):
        raise SystemExit(f"cannot write {picture}")


main(*sys.argv[1:4])
