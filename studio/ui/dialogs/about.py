"""Version, licence and the parts the studio stands on."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QWidget

from studio import __version__
from studio.core import paths
from studio.generation.catalog import Catalog
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.labels import plain_label
from studio.ui.wording import device


class AboutDialog(Dialog):
    def __init__(self, catalog: Catalog | None, parent: QWidget | None = None) -> None:
        super().__init__(parent, "About Underpaint")
        self.column.addWidget(plain_label(f"Underpaint {__version__}", role="title"))
        self.column.addWidget(
            plain_label(
                "An image studio that paints with diffusion models, on this computer only: "
                "nothing is sent anywhere.",
                wraps=True,
            )
        )
        engine = device(catalog.device) if catalog is not None else "starting"
        facts = (
            f"Python {platform.python_version()} · Qt {qVersion()}",
            f"Engine: {engine}",
            f"Log: {paths.log_file()}",
        )
        for fact in facts:
            self.column.addWidget(plain_label(fact, role="small", wraps=True))
        self.column.addWidget(
            plain_label(
                "Licensed under the Apache License 2.0. Qt is used under the LGPL 3.",
                role="small",
                wraps=True,
            )
        )
        self.column.addStretch(1)
        self.add_close_button()
        self.setMinimumWidth(420)
