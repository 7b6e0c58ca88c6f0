"""Fills the newest open files with what their workers have written."""

from dacase.demo.story.casework import newest_desks, write_notes, write_story, write_tasks
from dacase.demo.story.consents import Unasked, write_consents
from dacase.demo.story.plans import write_plan
from dacase.demo.story.sign_off import ask_about_judgements, ask_about_plans
from dacase.demo.story.tell import Setting

# Of so many cases, the oldest first, it was not safe to ask about MARAC; the review of the first is due.
UNASKED = 3


def fill_open_files(setting: Setting) -> None:
    """Story, consent, plan, tasks and notes of the newest open cases of an area, and what managers are asked to sign."""
    desks = newest_desks(setting)
    plans = []
    about_marac = [desk for desk in desks if desk.file.was_sent_to_marac]
    for desk in desks:
        unasked = desk in about_marac[:UNASKED]
        write_story(desk)
        write_consents(desk, Unasked(is_due=desk == about_marac[0]) if unasked else None)
        plan = write_plan(desk)
        plans += [(desk, plan)] if plan else []
        write_tasks(desk)
        write_notes(desk)
    ask_about_plans(plans)
    ask_about_judgements(setting.judged)
