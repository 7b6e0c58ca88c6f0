"""The file of licensed wording, with what it is and from when."""

from typing import Any

from django.core.exceptions import ValidationError

from dacase.ui.forms import DateField, FileField, LongTextField, SelectField, SubmitOnceForm
from referrals.casework.choices import RiskTool
from referrals.casework.rules.risk_assessment import Tool, versions
from referrals.casework.rules.wording import (
    ENDINGS,
    LONGEST_HELP,
    LONGEST_QUESTION,
    WordingRow,
    errors_of,
    read_wording,
)
from referrals.casework.services.wording import LONGEST_LICENCE, wrong_rows


class WordingForm(SubmitOnceForm):
    """`rows`: what the file holds, with what is wrong in each row; `content`: the file as it came."""

    tool = SelectField(label="Tool", choices=())
    file = FileField(
        label="File",
        endings=ENDINGS,
        max_megabytes=1,
        help_text=(
            "A CSV or JSON file with code, question and help of every topic. Questions have at most "
            f"{LONGEST_QUESTION} characters, help has at most {LONGEST_HELP}."
        ),
        error_messages={"required": "Select a file"},
    )
    licence = LongTextField(
        label="Licence and acknowledgement",
        max_length=LONGEST_LICENCE,
        rows=3,
        help_text="Who holds the licence, and the acknowledgement that it asks for. It is shown wherever the wording is.",
    )
    from_date = DateField(
        label="From",
        not_past=True,
        help_text="Assessments of this day and later show the wording. Earlier ones were held without it.",
    )
    rows: tuple[WordingRow, ...] = ()
    content: bytes = b""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tools = {f"{tool.code}:{tool.version}": tool for found in versions().values() for tool in found}
        field: Any = self.fields["tool"]
        field.choices = [("", "Choose"), *((key, _words(tool)) for key, tool in self.tools.items())]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, tool = data.get("file"), self.tools.get(data.get("tool", ""))
        if file is not None and tool is not None:
            self.content = file.read()
            try:
                self.rows = tuple(read_wording(self.content, name=str(file.name), tool=tool))
            except ValidationError as refusal:
                self.add_error("file", refusal)
            if wrong := errors_of(self.rows):
                self.add_error("file", wrong_rows(wrong))
        return data

    def values(self) -> dict[str, Any]:
        """What the service is given."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("licence", "from_date", "submission")}
        return kept | {"tool": self.tools[data["tool"]], "content": self.content, "name": data["file"].name}


def _words(tool: Tool) -> str:
    return f"{RiskTool(tool.code).label}, {tool.version}"
