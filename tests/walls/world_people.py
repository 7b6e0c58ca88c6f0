"""What is known of the people of the world: facts of every kind, and how they stand to each other."""

from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.services.facts import save_child_facts, save_equality, save_immigration, save_needs
from dacase.cases.services.relationship import end_relationship, relate
from dacase.walls.context import acting_as


def know(world) -> None:
    """For each case an answer of every kind, and two relationships of which one has ended."""
    cast = world.cast
    for key, knows in (("advocacy", cast.idva), ("front_door", cast.idva), ("outsider", cast.outsider)):
        with acting_as(knows):
            record(world.cases[key], knows)


def record(case: Case, actor) -> None:
    parties = {party.role: party for party in Party.objects.filter(case=case).order_by("created_at")}
    victim, child = parties[PartyRole.VICTIM], parties[PartyRole.CHILD]
    save_needs(victim, version=0, actor=actor, language="polish", interpreter="yes")
    save_immigration(victim, version=0, actor=actor, status="partner_visa", no_recourse="yes")
    save_equality(victim, version=0, actor=actor, ethnicity="white_other", religion="prefer_not_to_say")
    save_equality(victim, version=1, actor=actor, ethnicity="white_other", religion="not_known")
    save_child_facts(child, version=0, actor=actor, safeguarding="child_in_need")
    relate(victim, kind="parent", other=child.pk, actor=actor)
    end_relationship(relate(victim, kind="carer", other=child.pk, actor=actor).pk, actor=actor)
