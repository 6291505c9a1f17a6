"""What runs, what waits, what went wrong; each with its progress and its buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from studio.jobs.job import Job, JobState
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.labels import ElidedLabel, plain_label
from studio.ui.wording import seconds_left


class QueuePanel(QScrollArea):
    """Finished jobs are not listed: they are results."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Queue")
        content = QWidget()
        content.setProperty("role", "plain")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(12, 2, 10, 8)
        self._column.setSpacing(8)
        self._empty = plain_label(
            "Nothing waits. Ctrl+Enter adds a picture, also while one is in the making.",
            role="muted",
            wraps=True,
        )
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.setWidget(content)
        self.rows: dict[str, JobRow] = {}
        refresh = Later(self._refresh, parent=self)
        self._bindings.subscribe(context.workspace.queue.changed, refresh.schedule)
        self._refresh()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def _refresh(self) -> None:
        shown = shown_jobs(self._context.workspace.queue.jobs)
        for job_id in [key for key in self.rows if key not in {job.id for job in shown}]:
            row = self.rows.pop(job_id)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for index, job in enumerate(shown):
            row = self.rows.get(job.id) or JobRow(self._context, job.id)
            self.rows[job.id] = row
            if self._column.indexOf(row) != index + 1:
                self._column.removeWidget(row)
                self._column.insertWidget(index + 1, row)
            row.show_job(job)
        self._empty.setVisible(not shown)


def shown_jobs(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """The running one, the waiting ones in order, then failed and stopped ones, the newest first."""
    open_jobs = [job for job in jobs if not job.has_ended]
    ended = [job for job in jobs if job.state in (JobState.failed, JobState.cancelled)]
    return (*open_jobs, *reversed(ended))


class JobRow(QWidget):
    def __init__(self, context: Context, job_id: str) -> None:
        super().__init__()
        queue = context.workspace.queue
        self._label = ElidedLabel()
        self._state = ElidedLabel(role="small")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self.first = icon_button(context.icons, "up", "Make this one next", icon_px=16)
        self.first.clicked.connect(lambda: queue.move(job_id, 0))
        self.retry = icon_button(context.icons, "retry", "Try again", icon_px=16)
        self.retry.clicked.connect(lambda: queue.retry(job_id))
        self.cancel = icon_button(context.icons, "discard", "Stop this one", icon_px=16)
        self.cancel.clicked.connect(lambda: queue.cancel(job_id))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._label)
        texts.addWidget(self._state)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addLayout(texts, 1)
        for button in (self.first, self.retry, self.cancel):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(line)
        column.addWidget(self._progress)

    @property
    def state_text(self) -> str:
        return self._state.text()

    def show_job(self, job: Job) -> None:
        self._label.setText(job.label)
        self._label.setToolTip(job.request.recipe.prompt or job.label)
        self._state.setText(state_text(job))
        self._state.setToolTip(f"{job.error} {job.remedy}".strip())
        is_running = job.state in (JobState.loading, JobState.running)
        self._progress.setVisible(is_running)
        self._progress.setRange(0, max(job.total_steps, 1))
        self._progress.setValue(job.step)
        self.first.setVisible(job.state is JobState.waiting)
        self.retry.setVisible(job.has_ended)
        self.cancel.setVisible(not job.has_ended)
        self.cancel.setEnabled(not job.is_cancelling)


def state_text(job: Job) -> str:
    left = seconds_left(job.seconds_left)
    if job.is_cancelling:
        return "Stopping…"
    if job.state is JobState.running:
        step = f"Step {job.step} of {job.total_steps}"
        return f"{step} · {left}" if left else step
    if job.state is JobState.loading:
        return "Drawing…" if job.request.recipe.is_drawn else "Loading the model…"
    if job.state is JobState.waiting:
        return f"Waiting · {left}" if left else "Waiting"
    return f"Failed: {job.error}" if job.state is JobState.failed else "Stopped"
