"""Where the artist says what should be there, and starts it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from studio.document.document import Document
from studio.generation.verbs import verb_of
from studio.jobs.job import Job, JobState
from studio.ui.action_set import shown_keys, tooltip
from studio.ui.actions import spec
from studio.ui.bind import Bindings, bind_text
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.panels.verbs import VerbRow
from studio.ui.widgets.buttons import ProgressButton
from studio.ui.widgets.labels import ElidedLabel, restyle
from studio.ui.wording import seconds_left
from studio.workspace.intent import Intent, intended, words

if TYPE_CHECKING:
    from studio.generation.catalog import ModelInfo
    from studio.ui.panels.completion import Completion
    from studio.ui.panels.vocabulary import VocabularyPopover

RIGHT_COLUMN_PX = 196
NARROW_COLUMN_PX = 132
NARROW_PX = 420
INTENT_PAUSE_MS = 200
WORDS_PAUSE_MS = 500
PLACEHOLDER = "Describe what should be there"


class PromptEdit(QPlainTextEdit):
    """Plain text only, whatever is pasted; Tab moves on, Enter is a new line."""

    def __init__(self, name: str, placeholder: str, *, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def event(self, event: QEvent) -> bool:
        # With nothing typed to take back, undo and redo belong to the picture.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            document = self.document()
            is_undo = event.matches(QKeySequence.StandardKey.Undo) and not document.isUndoAvailable()
            is_redo = event.matches(QKeySequence.StandardKey.Redo) and not document.isRedoAvailable()
            if is_undo or is_redo:
                event.ignore()
                return False
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height(min(self._lines, 2)))

    def sizeHint(self) -> QSize:
        return QSize(400, self._height(self._lines))

    def _height(self, lines: int) -> int:
        margins = 2 * round(self.document().documentMargin()) + 10
        return self.fontMetrics().lineSpacing() * lines + margins


class PromptPanel(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self._intent = ""
        self._told_of: ModelInfo | None = None
        self.setProperty("role", "prompt")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.prompt = PromptEdit("Prompt", f"{PLACEHOLDER}…", lines=3)
        self.negative = PromptEdit("Negative prompt", "What should not be there…", lines=2)
        self.verbs = VerbRow(context)
        self.button = ProgressButton()
        self.button.setProperty("emphasis", "large")
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self._on_button_clicked)
        self.another = context.button("generate", role="tool")
        context.icons.put(self.another, "add")
        self.scene = context.button("draw_scene", role="tool")
        self.state = ElidedLabel(role="small")
        self.state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._toggle = _flat_button("Negative", tooltip(spec("negative_prompt")))
        self._toggle.setCheckable(True)
        self._words = _flat_button("What it knows", tooltip(spec("vocabulary")))
        self._popover: VocabularyPopover | None = None
        self.completion: Completion | None = None
        self.negative_completion: Completion | None = None
        self.untaught = ElidedLabel(role="small")
        self.untaught.setVisible(False)
        self._lay_out()
        self._bind()
        self._refresh()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width() - self._column.width() + NARROW_COLUMN_PX, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_narrow(self.width() < NARROW_PX)

    def set_negative_shown(self, is_shown: bool) -> None:
        self.negative.setVisible(is_shown)
        self._toggle.setChecked(is_shown)
        self.updateGeometry()

    def show_vocabulary(self) -> None:
        if self._popover is None:
            from studio.ui.panels.vocabulary import VocabularyPopover  # when it is asked for

            self._popover = VocabularyPopover(self._context, self, self.use_text)
        self._popover.show_above(self._words)

    def surprise(self) -> None:
        """Another prompt in the model's own words; Ctrl+Z in the prompt brings the old one back."""
        from studio.generation.vocabulary import surprise  # when it is asked for

        self.focus_prompt()
        # System entropy, not the global generator: two windows must not have the same idea.
        replace_text(self.prompt, surprise(random.SystemRandom().randrange(2**32)))

    def use_text(self, text: str) -> None:
        """Replaces the prompt, as one step of its own undo."""
        replace_text(self.prompt, text)

    def focus_prompt(self) -> None:
        self.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_panel(self) -> None:
        self._document_end()
        self._bindings.disconnect()
        self.verbs.close_panel()
        if self._popover is not None:
            self._popover.close()
        for completion in (self.completion, self.negative_completion):
            if completion is not None:
                completion.hide()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.verbs)
        left.addWidget(self.prompt, 3)
        left.addWidget(self.untaught)
        left.addWidget(self.negative, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.another)
        buttons.addWidget(self.scene)
        flat = QHBoxLayout()
        flat.setSpacing(2)
        flat.addWidget(self._toggle)
        flat.addWidget(self._words)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addLayout(buttons)
        right.addWidget(self.state)
        right.addStretch(1)
        right.addLayout(flat)
        self._column = QWidget()
        self._column.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(10)
        row.addLayout(left, 1)
        row.addWidget(self._column)
        self._set_narrow(False)

    def _set_narrow(self, is_narrow: bool) -> None:
        """Where there is little room, the two small buttons are icons; else no font is too wide for their words."""
        for button, text, name in (
            (self._toggle, "Negative", "negative"),
            (self._words, "What it knows", "words"),
        ):
            button.setText("" if is_narrow else text)
            button.setAccessibleName(text)
            if is_narrow:
                self._context.icons.put(button, name)
            else:
                button.setIcon(QIcon())
        words_px = self._toggle.minimumSizeHint().width() + self._words.minimumSizeHint().width() + 2
        self._column.setFixedWidth(NARROW_COLUMN_PX if is_narrow else max(RIGHT_COLUMN_PX, words_px))

    def _bind(self) -> None:
        workspace = self._context.workspace
        bind_text(self._bindings, workspace.settings, "prompt", self.prompt)
        bind_text(self._bindings, workspace.settings, "negative_prompt", self.negative)
        refresh = Later(self._refresh, parent=self)
        self._bindings.subscribe(workspace.queue.changed, refresh.schedule)
        self._bindings.subscribe(workspace.generating.changed, refresh.schedule)
        self._bindings.subscribe(workspace.settings.changed, self._on_setting_changed)
        self._intent_later = Later(self._refresh_intent, pause_ms=INTENT_PAUSE_MS, parent=self)
        self._bindings.subscribe(workspace.frame_changed, self._intent_later.schedule)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self._document_end = workspace.document.changed.subscribe(self._intent_later.schedule)
        self._words_later = Later(self._refresh_words, pause_ms=WORDS_PAUSE_MS, parent=self)
        self.prompt.textChanged.connect(self._on_prompt_changed)
        self.negative.textChanged.connect(self._complete_negative)
        self._bindings.subscribe(workspace.queue.changed, self._on_catalog_changed)
        self._on_catalog_changed(None)
        self._refresh_intent()
        self._toggle.clicked.connect(self._context.actions["negative_prompt"].trigger)
        self._words.clicked.connect(self._context.actions["vocabulary"].trigger)

    def _on_prompt_changed(self) -> None:
        self._words_later.schedule()
        if self.completion is None:
            self.completion = self._completion_for(self.prompt)

    def _complete_negative(self) -> None:
        if self.negative_completion is None:
            self.negative_completion = self._completion_for(self.negative)

    def _completion_for(self, edit: PromptEdit) -> Completion | None:
        """With the first letter that is typed while a model with a vocabulary is chosen."""
        if not self._vocabulary() or not edit.hasFocus():
            return None
        from studio.ui.panels.completion import Completion  # with that letter

        completion = Completion(edit, self._vocabulary)
        completion.typed()
        return completion

    def _vocabulary(self) -> Mapping[str, Sequence[str]]:
        """What the chosen model says it knows; a model that reads free text names nothing."""
        model = self._context.workspace.model
        return {} if model is None else model.vocabulary

    def _on_catalog_changed(self, _: None) -> None:
        # The queue changes with every step of a job: the words are looked at when they may mean something else.
        model = self._context.workspace.model
        if model is not self._told_of:
            self._told_of = model
            self._words_later.schedule()

    def _refresh_words(self) -> None:
        """Says what the model never learnt, while there is time to say it otherwise."""
        model, text = self._context.workspace.model, self.prompt.toPlainText()
        sentence = ""
        if model is not None and model.vocabulary and text.strip():
            from studio.generation.vocabulary import untaught  # when there is something to read

            sentence = untaught(text, model, begun=self._begun_word())
        example = model.examples[0] if model is not None and model.examples else ""
        self.prompt.setPlaceholderText(
            f"{PLACEHOLDER}, such as “{example}”" if example else f"{PLACEHOLDER}…"
        )
        self.untaught.setText(sentence)
        self.untaught.setToolTip(sentence)
        self.untaught.setVisible(bool(sentence))

    def _begun_word(self) -> str:
        """The word the artist is in the middle of."""
        cursor = self.prompt.textCursor()
        if not self.prompt.hasFocus():
            return ""
        cursor.movePosition(QTextCursor.MoveOperation.StartOfWord, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._document_end = document.changed.subscribe(self._intent_later.schedule)
        self._intent_later.schedule()

    def _refresh_intent(self) -> None:
        """Says what Generate would do before it is pressed."""
        workspace = self._context.workspace
        values = workspace.settings.values
        verb = verb_of(values.verb)
        intent = intended(workspace.document, workspace.frame, values.strength, verb)
        is_several = values.batch_count > 1 and intent not in (Intent.nothing_masked, Intent.nothing_empty)
        self._intent = f"{words(intent, verb)} × {values.batch_count}" if is_several else words(intent, verb)
        self._refresh()

    def _on_setting_changed(self, name: str) -> None:
        if name in ("strength", "batch_count", "verb"):
            self._intent_later.schedule()
        if name in ("model", "guidance_scale"):
            self._refresh()
        if name == "prompt" and self.completion is not None:
            self.completion.text_replaced()
        if name in ("model", "prompt"):
            self._words_later.schedule()

    def _on_button_clicked(self) -> None:
        is_busy = self._context.workspace.generating.is_busy
        self._context.actions["stop" if is_busy else "generate"].trigger()

    def _refresh(self) -> None:
        workspace = self._context.workspace
        is_busy = workspace.generating.is_busy
        job = workspace.queue.running
        entry = spec("stop" if is_busy else "generate")
        role = "stop" if is_busy else "primary"
        if self.button.property("role") != role:
            self.button.setProperty("role", role)
            restyle(self.button)
        self.button.setText("Stop" if is_busy else "Generate")
        self.button.setToolTip(tooltip(entry))
        self.button.set_share(job.step / job.total_steps if is_busy and job and job.total_steps else 0.0)
        self.another.setVisible(is_busy)
        # Three buttons need more than the narrow column has; the key draws as well.
        self.scene.setVisible(not (is_busy and self._column.width() <= NARROW_COLUMN_PX))
        self.another.setToolTip(f"Queue another ({shown_keys(spec('generate'))})")
        self.state.setText(self._state_text(job))
        self._words.setEnabled(self._context.actions["vocabulary"].isEnabled())
        self._refresh_negative()

    def _state_text(self, job: Job | None) -> str:
        workspace = self._context.workspace
        if job is not None and job.is_cancelling:
            return "Stopping…"
        if job is not None and job.state is JobState.running:
            left = seconds_left(job.seconds_left)
            return f"Step {job.step} of {job.total_steps}" + (f" · {left}" if left else "")
        if job is not None:
            return "Drawing…" if job.request.recipe.is_drawn else "Loading the model…"
        if workspace.generating.is_busy and not workspace.queue.engine_state.is_ready:
            return "Waiting for the engine…"
        if workspace.generating.is_busy:
            return "Preparing…"
        return self._intent

    def _refresh_negative(self) -> None:
        model = self._context.workspace.model
        reason = ""
        if model is not None and not model.uses_negative_prompt:
            reason = f"{model.name} reads no negative prompt."
        elif self._context.workspace.settings.values.guidance_scale <= 1.0:
            reason = "At a guidance of 1 or below the negative prompt has no effect."
        self.negative.setEnabled(not reason)
        self.negative.setToolTip(reason)


def replace_text(edit: QPlainTextEdit, text: str) -> None:
    cursor = edit.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.insertText(text)
    edit.setTextCursor(cursor)


def _flat_button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "flat")
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
