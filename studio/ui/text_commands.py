"""Setting text: from the click with the text tool to the layer it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from studio.core.errors import StudioError
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.layer import Layer
from studio.document.text import ALIGNMENTS, Text
from studio.tools.tool import TextWish
from studio.ui.canvas.view import CanvasView
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.text_editor import TextEditor

TOOL_ID = "text"


class TextCommands:
    """editor: open while words are being typed."""

    def __init__(self, workspace: Workspace, canvas: CanvasView) -> None:
        self._workspace = workspace
        self._canvas = canvas
        self._wish: TextWish | None = None
        self._before: Text | None = None
        self.editor: TextEditor | None = None
        self._ends: list[Callable[[], None]] = []
        workspace.document_replaced.subscribe(self._on_document_replaced)

    def handlers(self) -> dict[str, Callable[[], None]]:
        return {"text_rasterize": self._rasterize}

    def begin(self, wish: TextWish) -> None:
        """A click with the text tool: beside open words it keeps them, else it opens what lies there, or new ones."""
        if self.editor is not None:
            self.keep()
            return
        from studio.ui.text_editor import TextEditor  # when the first words are set
        from studio.ui.text_painter import is_installed

        layer = self._layer(wish)
        if layer is not None and layer.text is not None:
            text = self._before = layer.text
            self._workspace.select_layer(layer.id)
            self._show_options(text)
            if not is_installed(text.family):
                self._tell(missing_font(text))
        else:
            text = self._set_by_options("", wish)
            self._before = None
        self._wish = wish
        self.editor = TextEditor(text, self._canvas)
        self.editor.kept.connect(self.keep)
        self.editor.given_up.connect(self.give_up)
        self._ends = [
            self._workspace.tool_settings.changed.subscribe(self._on_settings_changed),
            self._workspace.history.changed.subscribe(lambda _: self._hide_layer()),
        ]
        self._hide_layer()

    def keep(self) -> None:
        from studio.ui.text_painter import draw_text

        editor, wish, before = self.editor, self._wish, self._before
        if editor is None or wish is None:
            return
        text = self._set_by_options(editor.words, wish)
        self._close()
        try:
            if text != before:
                self._workspace.texts.set_text(wish.layer_id, text, *draw_text(text))
        except StudioError as error:
            self._workspace.notices.emit(Notice(error.message, remedy=error.remedy))

    def give_up(self) -> None:
        self._close()

    # Inside -----------------------------------------------------------------------------------------------------

    def _layer(self, wish: TextWish) -> Layer | None:
        layers = self._workspace.document.layers
        known = wish.layer_id is not None and wish.layer_id in layers
        return layers.layer(wish.layer_id) if known and wish.layer_id is not None else None

    def _set_by_options(self, words: str, wish: TextWish) -> Text:
        settings = self._workspace.tool_settings
        family = settings.choice(TOOL_ID, "family") or QGuiApplication.font().family()
        alignment = settings.choice(TOOL_ID, "alignment")
        return Text(
            text=words,
            family=family,
            position=self._before.position if self._before is not None else wish.position,
            size_px=settings.number(TOOL_ID, "size"),
            is_bold=settings.flag(TOOL_ID, "bold"),
            is_italic=settings.flag(TOOL_ID, "italic"),
            alignment=next(name for name in ALIGNMENTS if name == alignment),
            color=settings.color,
            line_spacing=settings.number(TOOL_ID, "lines"),
            letter_spacing_px=settings.number(TOOL_ID, "letters"),
        )

    def _show_options(self, text: Text) -> None:
        settings = self._workspace.tool_settings
        for name, value in (
            ("family", text.family),
            ("size", text.size_px),
            ("bold", text.is_bold),
            ("italic", text.is_italic),
            ("alignment", text.alignment),
            ("lines", text.line_spacing),
            ("letters", text.letter_spacing_px),
        ):
            settings.set_option(TOOL_ID, name, value)
        settings.color = text.color

    def _on_settings_changed(self, name: str) -> None:
        if name == "active_tool_id":
            self.keep()
        elif self.editor is not None and self._wish is not None:
            self.editor.show_text(self._set_by_options(self.editor.words, self._wish))

    def _hide_layer(self) -> None:
        """What is being edited stands in the editor, not on the canvas."""
        layer = self._layer(self._wish) if self._wish is not None else None
        if layer is None or self._wish is None:
            return
        shown = copy_document(self._workspace.document)
        twin = shown.layers.layer(layer.id)
        twin.properties = replace(twin.properties, is_visible=False)
        self._wish.show_instead(shown, layer.surface.tile_bounds())

    def _close(self) -> None:
        editor, wish = self.editor, self._wish
        layer = self._layer(wish) if wish is not None else None
        self.editor = self._wish = None
        for end in self._ends:
            end()
        self._ends = []
        if wish is not None and layer is not None:
            wish.show_instead(None, layer.surface.tile_bounds())
        if editor is not None:
            editor.hide()
            self._canvas.removeEventFilter(editor)
            editor.deleteLater()
            self._canvas.setFocus()

    def _rasterize(self) -> None:
        layer_id = self._workspace.document.active_layer_id
        if layer_id is not None:
            self._workspace.texts.rasterize(layer_id)

    def _on_document_replaced(self, document: Document) -> None:
        self._wish = None
        self._close()
        texts = [layer.text for layer in document.layers if layer.text is not None]
        if not texts:
            return
        from studio.ui.text_painter import is_installed

        for text in {text.family: text for text in texts if not is_installed(text.family)}.values():
            self._tell(missing_font(text))

    def _tell(self, sentence: str) -> None:
        self._workspace.notices.emit(Notice(sentence))


def missing_font(text: Text) -> str:
    return (
        f"The font “{text.family}” is not on this computer. The text keeps the pixels it has; once you change it, "
        "another font is used."
    )
