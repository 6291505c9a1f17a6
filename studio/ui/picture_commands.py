"""What the actions of mask and canvas do: short sentences to the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.core.errors import StudioError
from studio.core.geometry import Rect
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.document.edits import Edit
    from studio.document.transform import Quality
    from studio.ui.dialogs.color_range import ColorRangeDialog
    from studio.ui.dialogs.reshape_mask import ReshapeMaskDialog
    from studio.ui.dialogs.stroke_mask import MaskLine

# The names are those of `masks.RESHAPE_LABELS` and `turning.TURNS`, which need not hold up the first stroke.
DEFAULT_RADIUS_PX = {"grow": 8, "shrink": 8, "feather": 16, "border": 8, "smooth": 8}
TURN_NAMES = ("flip_horizontal", "flip_vertical", "rotate_left", "rotate_right")


class PictureCommands:
    """The radii last chosen are offered again. show_panel: brings a panel of the sidebar in front."""

    def __init__(self, workspace: Workspace, window: QWidget, *, show_panel: Callable[[str], None]) -> None:
        self._workspace = workspace
        self._show_panel = show_panel
        self._window = window
        self._radii_px = dict(DEFAULT_RADIUS_PX)
        self._size_quality: Quality = "smooth"
        self._mask_line: MaskLine | None = None
        self._color_numbers = (20, 40)
        self.dialog: ReshapeMaskDialog | None = None
        self.color_dialog: ColorRangeDialog | None = None

    def handlers(self) -> dict[str, Callable[[], None]]:
        workspace = self._workspace
        named: dict[str, Callable[[], None]] = {
            "mask_from_layer": lambda: self._with_layer(workspace.masks.from_layer),
            "mask_from_luminosity": lambda: workspace.masks.from_luminosity(),
            "mask_delete_pixels": lambda: workspace.masks.delete_pixels(),
            "mask_copy_to_layer": self._copy_to_layer,
            "mask_cut_to_layer": self._cut_to_layer,
            "mask_stroke": self._stroke,
            "mask_color_range": self._color_range,
            "mask_reselect": lambda: workspace.masks.reselect(),
            "mask_save": self._save_mask,
            "layer_fill": lambda: workspace.masks.fill(workspace.tool_settings.color),
            "crop_to_mask": lambda: workspace.picture.crop_to_mask(),
            "crop_to_frame": lambda: workspace.picture.crop_to_frame(),
        }
        named |= {"image_size": self._image_size, "canvas_size": self._canvas_size, "trim": self._trim}
        for name in DEFAULT_RADIUS_PX:
            named[f"mask_{name}"] = self._reshaper(name)
        for name in TURN_NAMES:
            named[name] = self._turner(name)
        return named

    def _with_layer(self, verb: Callable[[str], None]) -> None:
        layer_id = self._workspace.document.active_layer_id
        if layer_id is not None:
            verb(layer_id)

    def _copy_to_layer(self) -> None:
        self._workspace.masks.copy_to_layer()

    def _cut_to_layer(self) -> None:
        self._workspace.masks.cut_to_layer()

    def _color_range(self) -> None:
        from studio.ui.dialogs.color_range import ColorRangeDialog  # when it is asked for

        if self.color_dialog is not None:
            self.color_dialog.raise_()
            return
        workspace = self._workspace
        ranging = workspace.masks.begin_color_range(workspace.background)
        ranging.failed.subscribe(lambda text: workspace.notices.emit(Notice(text)))
        dialog = ColorRangeDialog(ranging, workspace.tool_settings, *self._color_numbers, self._window)
        dialog.finished.connect(lambda _: self._forget_colors(dialog))
        self.color_dialog = dialog
        # Beside the work: the colour picker goes on working on the canvas.
        dialog.show()

    def _forget_colors(self, dialog: ColorRangeDialog) -> None:
        self._color_numbers = dialog.numbers
        self.color_dialog = None
        dialog.deleteLater()

    def _save_mask(self) -> None:
        self._workspace.saved_masks.save()
        self._show_panel("masks")

    def _stroke(self) -> None:
        from studio.ui.dialogs.stroke_mask import MaskLine, StrokeMaskDialog  # when it is asked for

        dialog = StrokeMaskDialog(self._mask_line or MaskLine(), self._window)
        is_wanted, line = dialog.exec(), dialog.line
        dialog.deleteLater()
        if not is_wanted:
            return
        self._mask_line = line
        workspace = self._workspace
        if line.with_brush:
            self._trace()
        else:
            workspace.masks.stroke(workspace.tool_settings.color, width_px=line.width_px, side=line.side)

    def _trace(self) -> None:
        workspace = self._workspace
        state = workspace.history.state

        def keep(edit: Edit) -> None:
            if workspace.history.state == state:
                workspace.history.do(edit, "Stroke mask with brush")
            else:
                workspace.notices.emit(Notice("The picture was changed meanwhile: the mask was not stroked."))

        def fail(error: Exception) -> None:
            if not isinstance(error, StudioError):
                raise error
            workspace.notices.emit(Notice(error.message, remedy=error.remedy))

        workspace.background.run(workspace.masks.tracing(workspace.tool_settings), done=keep, failed=fail)

    def _image_size(self) -> None:
        from studio.ui.dialogs.image_size import ImageSizeDialog  # when it is asked for

        workspace = self._workspace
        dialog = ImageSizeDialog(workspace.document.canvas.size, self._size_quality, self._window)

        def work() -> None:
            self._size_quality = dialog.chosen_quality
            workspace.background.run(
                workspace.picture.resizing(dialog.size_px, dialog.chosen_quality), done=keep, failed=fail
            )

        def keep(edit: Edit) -> None:
            workspace.picture.keep_size(edit)
            dialog.finish()

        def fail(error: Exception) -> None:
            dialog.give_back()
            if not isinstance(error, MemoryError | StudioError):
                raise error
            text = "There is not enough memory for a picture of that size."
            workspace.notices.emit(Notice(text, remedy="Choose a smaller one."))

        dialog.wanted.connect(work)
        dialog.finished.connect(lambda _: dialog.deleteLater())
        # It keeps the window to itself: the picture must not change under the work.
        dialog.open()

    def _canvas_size(self) -> None:
        from studio.ui.dialogs.canvas_size import CanvasSizeDialog  # when it is asked for

        dialog = CanvasSizeDialog(self._workspace.document.canvas, self._window)
        if dialog.exec():
            self._workspace.picture.set_canvas(dialog.canvas)
        dialog.deleteLater()

    def _trim(self) -> None:
        workspace = self._workspace
        state = workspace.history.state

        def keep(content: Rect) -> None:
            if workspace.history.state != state:
                return  # painted on meanwhile: what was found no longer holds
            try:
                workspace.picture.keep_trimmed(content)
            except StudioError as error:
                workspace.notices.emit(Notice(error.message, remedy=error.remedy))

        def fail(error: Exception) -> None:
            raise error

        workspace.background.run(workspace.picture.trimming(), done=keep, failed=fail)

    def _turner(self, name: str) -> Callable[[], None]:
        return lambda: self._workspace.picture.turn(name)

    def _reshaper(self, name: str) -> Callable[[], None]:
        def ask() -> None:
            from studio.ui.dialogs.reshape_mask import ReshapeMaskDialog  # when it is asked for

            reshaping = self._workspace.masks.begin_reshaping(name)
            dialog = ReshapeMaskDialog(name, reshaping, self._radii_px[name], self._window)
            dialog.finished.connect(lambda _: self._remember(name, dialog))
            self.dialog = dialog
            dialog.open()

        return ask

    def _remember(self, name: str, dialog: ReshapeMaskDialog) -> None:
        self._radii_px[name] = dialog.radius
        self.dialog = None
        dialog.deleteLater()
