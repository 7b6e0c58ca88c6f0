"""What is asked before anything else: how the victim-survivor can be reached without danger."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContactAnswers:
    """How the victim-survivor can be reached without danger. Nothing is safe unless said so."""

    phone: str = ""
    email: str = ""
    address: str = ""
    safe_to_call: bool = False
    safe_to_text: bool = False
    safe_to_leave_message: bool = False
    safe_to_write: bool = False
    safe_times: str = ""
    who_else_sees: str = ""
    code_word: str = ""
