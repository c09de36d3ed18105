"""Where holes fall and how large they are, counted as they are drawn."""

import collections
from typing import Any

import cv2
import numpy as np

# The heat map is this fine, and areas are counted in bins of one hundredth.
_SIDE, _BINS = 32, 100


class HoleStatistics:
    """Counts over masks; adds up over shards.

    Attributes:
        heat: float64 [32, 32], how often each part of the picture was hole.
        areas: int64 [100], masks by the share of the picture they cover, in hundredths.
        kinds: masks of each kind.
    """

    def __init__(self) -> None:
        self.heat = np.zeros((_SIDE, _SIDE))
        self.areas = np.zeros(_BINS, np.int64)
        self.kinds: collections.Counter[str] = collections.Counter()

    def add(self, mask: np.ndarray, kind: str, area: float) -> None:
        """Counts one mask, uint8 [size, size], 1 = hole."""
        coarse = cv2.resize(
            mask.astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA
        )
        self.heat += coarse
        self.areas[min(int(area * _BINS), _BINS - 1)] += 1
        self.kinds[kind] += 1

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a receipt."""
        heat = self.heat.round(3).ravel().tolist()
        areas = self.areas.tolist()
        return {"heat": heat, "areas": areas, "kinds": dict(self.kinds)}

    def add_json(self, content: dict[str, Any]) -> None:
        """Adds what `to_json` gave."""
        self.heat += np.reshape(content["heat"], (_SIDE, _SIDE))
        self.areas += content["areas"]
        self.kinds.update(content["kinds"])

    def summary(self) -> dict[str, Any]:
        """For the manifest: masks by kind, and by area in steps of 0.01."""
        used = int(np.flatnonzero(self.areas)[-1]) + 1
        return {
            "kinds": dict(sorted(self.kinds.items())),
            "areas": self.areas[:used].tolist(),
            "heat_max_to_min": round(float(self.heat.max() / self.heat.min()), 3)
            if self.heat.min()
            else None,
        }


def draw_statistics(statistics: HoleStatistics) -> np.ndarray:
    """The heat map beside the histogram of areas, RGB uint8 [380, 760, 3]."""
    sheet = np.full((380, 760, 3), 255, np.uint8)
    heat = statistics.heat / max(statistics.heat.max(), 1e-9)
    colors = cv2.applyColorMap((heat * 255).astype(np.uint8), cv2.COLORMAP_VIRIDIS)
    sheet[40:360, 20:340] = cv2.resize(
        colors, (320, 320), interpolation=cv2.INTER_NEAREST
    )
    masks = int(statistics.areas.sum())
    rarest = statistics.heat.min() / masks
    often = statistics.heat.max() / masks
    _write(sheet, f"where holes fall: {rarest:.3f} to {often:.3f} of masks", 20, 28)
    _write(sheet, "share of the picture that is hole, %", 400, 28)
    _draw_bars(sheet[40:360, 400:740], statistics.areas)
    return np.ascontiguousarray(sheet[..., ::-1])  # OpenCV draws BGR


def _draw_bars(panel: np.ndarray, areas: np.ndarray) -> None:
    """Draws the histogram into `panel`, one bar a hundredth."""
    used = np.flatnonzero(areas)
    first, last = int(used[0]), int(used[-1]) + 1
    height, width = panel.shape[0] - 20, panel.shape[1] // (last - first)
    for bar, count in enumerate(areas[first:last]):
        top = height - round(height * int(count) / int(areas.max()))
        left = bar * width
        cv2.rectangle(panel, (left, top), (left + width - 2, height), (140, 90, 40), -1)
        if (first + bar) % 5 == 0:
            _write(panel, str(first + bar), left, height + 16)


def _write(sheet: np.ndarray, text: str, left: int, base: int) -> None:
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(sheet, text, (left, base), font, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
