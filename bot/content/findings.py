"""What is wrong with the content, in words an editor can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error keeps the content out, a warning is only told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """A problem with its place, the fact, the consequence for families, and the remedy.

    `line` counts from 1; 1 also stands for "somewhere in this file".
    """

    file: str
    line: int
    subject: str
    fact: str
    consequence: str
    remedy: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        head = f"{self.file}:{self.line}  {self.subject}: {self.fact}"
        mark = "" if self.severity is Severity.ERROR else "    (warning)\n"
        return f"{head}\n{mark}    {self.consequence}\n    {self.remedy}"
