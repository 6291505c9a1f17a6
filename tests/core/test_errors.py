from __future__ import annotations

from studio.core.errors import DocumentError, StudioError


def test_an_error_reads_as_its_sentence_and_its_remedy() -> None:
    error = DocumentError("The layer is locked.", remedy="Unlock it.", details="id 7")
    assert str(error) == "The layer is locked. Unlock it."
    assert error.details == "id 7"
    assert isinstance(error, StudioError)


def test_without_a_remedy_there_is_no_trailing_space() -> None:
    assert str(StudioError("It failed.")) == "It failed."
