"""A small network that reads the attributes back from a picture: the ruler for the model, with no foreign weights.

Distances between two models hold only for the same classifier, so its file is frozen and carries a version.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from starter_model.dataset import batches
from starter_model.progress import load_checkpoint
from studio.generation.scenes.spec import ATTRIBUTES, SceneSpec

VERSION = 2
INPUT_SIZE = 256
IGNORED = -100
NAMES = tuple(ATTRIBUTES)


class _Block(nn.Module):
    """Normalised over the batch: over each picture, how bright it is would be lost, and with it snow, dusk and storm."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(inputs, outputs, 3, 2, 1)
        self.down_norm = nn.BatchNorm2d(outputs)
        self.conv = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.norm = nn.BatchNorm2d(outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.norm(self.conv(F.relu(self.down_norm(self.down(x)), inplace=True)))
        return F.relu(h + self.skip(F.avg_pool2d(x, 2)), inplace=True)


class Classifier(nn.Module):
    """Takes (B, 3, S, S) in -1..1, S a multiple of 64; two coordinate channels are added inside.

    Two by two pixels become channels at once, so that the first layers see what a style leaves in single pixels
    and cost no more than at 128 px, where brush strokes and birds are gone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(14, 48, 4, 2, 1)
        self.blocks = nn.Sequential(_Block(48, 64), _Block(64, 96), _Block(96, 128), _Block(128, 160))
        self.features = nn.Linear(320, 160)
        self.heads = nn.ModuleList([nn.Linear(160, len(values)) for values in ATTRIBUTES.values()])

    def forward(self, images: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
        """(logits of each attribute, features (B, 160))."""
        folded = F.pixel_unshuffle(images, 2)
        count, _, height, width = folded.shape
        line = torch.linspace(-1, 1, width, device=images.device)
        shape = (count, 1, height, width)
        across, down = line.view(1, 1, 1, -1).expand(shape), line.view(1, 1, -1, 1).expand(shape)
        inputs = torch.cat([folded, across, down], 1).contiguous(memory_format=torch.channels_last)
        h = self.blocks(F.relu(self.stem(inputs)))
        features = F.relu(self.features(torch.cat([h.mean((2, 3)), h.amax((2, 3))], 1)))
        return [head(features) for head in self.heads], features


def hidden_in(spec: SceneSpec) -> set[str]:
    """The attributes that the scene's picture cannot show, for a reason that lies in the renderer."""
    hidden = set()
    if spec.object in ("none", "campfire"):
        hidden.add("color")
    if spec.object == "none":
        hidden.add("position")
    if spec.celestial == "none":
        hidden.add("celestial_position")
    if spec.ground != "flowers":
        hidden.add("flower_color")
    if spec.ground == "forest":
        # The row of trees reaches higher than most mountains.
        hidden.add("background")
    if spec.clouds == "some":
        # No caption asks for some clouds, and they range from none to many.
        hidden.add("clouds")
    if spec.style in ("pencil", "pixel", "lowpoly"):
        hidden.add("birds")
    if spec.style == "pencil":
        # Its tone is normalised, so that night equals noon, and it has no colour.
        hidden |= {"color", "flower_color", "time", "celestial"}
        if spec.tree in ("oak", "autumn"):
            hidden.add("tree")
    return hidden


def labels_of(spec: SceneSpec) -> list[int]:
    """Class of each attribute; -100 where the picture cannot show it."""
    hidden = hidden_in(spec)
    return [IGNORED if name in hidden else spec.index_of(name) for name in NAMES]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The classifier's answers: `classes` (N, 14) int64, one column per attribute, and `features` (N, 160)."""

    classes: torch.Tensor
    features: torch.Tensor

    def __len__(self) -> int:
        return len(self.classes)

    def shows(self, row: int, attribute: str, value: str) -> bool:
        column = NAMES.index(attribute)
        return int(self.classes[row, column]) == ATTRIBUTES[attribute].index(value)


def joined(parts: list[Reading]) -> Reading:
    return Reading(
        classes=torch.cat([p.classes for p in parts]), features=torch.cat([p.features for p in parts])
    )


def at_size(images: torch.Tensor, side: int) -> torch.Tensor:
    if images.shape[-2:] == (side, side):
        return images
    return F.interpolate(images, size=(side, side), mode="bilinear", antialias=True)


@torch.no_grad()
def read(network: Classifier, images: torch.Tensor) -> Reading:
    """`images` (N, 3, H, W) in -1..1, brought to 256 x 256 pixels first."""
    device = next(network.parameters()).device
    parts = []
    for rows in batches(len(images), 32):
        logits, features = network(at_size(images[rows.start : rows.stop], INPUT_SIZE).to(device))
        classes = torch.stack([logit.argmax(1) for logit in logits], 1)
        parts.append(Reading(classes=classes.cpu(), features=features.float().cpu()))
    return joined(parts)


def load_classifier(path: Path, device: str) -> Classifier:
    """Raises OSError if there is no file, ValueError if it is of another version."""
    tensors, facts = load_checkpoint(path)
    if facts.get("version") != VERSION:
        raise ValueError(
            f"{path} is classifier version {facts.get('version')}; this code measures with {VERSION}."
        )
    network = Classifier()
    network.load_state_dict(tensors)
    return network.to(device).eval()
