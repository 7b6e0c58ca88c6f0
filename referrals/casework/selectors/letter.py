"""Letters and e-mails of a case, and to whom one may go."""

from django.db.models import QuerySet

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import PartyRole, Scope
from dacase.cases.models import Case, Exclusion, Grant, Party
from dacase.cases.models.grant import permission_id
from referrals.casework.models import Letter
from referrals.casework.rules.letter import VICTIM, first_name, letter_templates

NEWEST_FIRST = ("-written_at", "-id")


def letters_of(case: Case, membership: Membership) -> QuerySet[Letter]:
    """The letters of the membership's own agency in a case, to be paged by NEWEST_FIRST."""
    letters = Letter.objects.own_of(membership).filter(case=case)
    return letters.select_related("party__person", "colleague__user", "colleague__agency", "written_by__user")


def own_letters(membership: Membership) -> QuerySet[Letter]:
    """Every letter of the membership's own agency in cases that it may open, with all that its page shows."""
    return Letter.objects.own_of(membership).select_related(
        "case", "party__person", "colleague__user", "colleague__agency", "written_by__user", "agency"
    )


def victim_in(case: Case, membership: Membership) -> Party | None:
    """The victim-survivor of a case that the membership may open."""
    parties = Party.objects.visible_to(membership).filter(case=case, role=PartyRole.VICTIM)
    return parties.select_related("person").first()


def colleagues_with_the_file(case: Case, membership: Membership) -> QuerySet[Membership]:
    """People of agencies that hold the whole file, whose role opens cases, and whom nothing bars from it."""
    grants = Grant.objects.current().filter(
        content_object=case, permission_id=permission_id("cases", Scope.CASE)
    )
    agencies = Agency.objects.filter(group_id__in=grants.values("group_id"), is_active=True)
    barred = Exclusion.objects.filter(case=case, lifted_at__isnull=True).values("group_id")
    people = Membership.objects.active().filter(agency__in=agencies).exclude(user_id=membership.user_id)
    for path in ("agency__group_id__in", "user__group_id__in", "team__group_id__in"):
        people = people.exclude(**{path: barred})
    return people.filter(role__in=roles_that_may("view_case")).select_related("user", "agency")


def roles_that_may(verb: str) -> list[str]:
    """The roles that may do `verb`."""
    from dacase.agencies.choices import Role
    from dacase.agencies.roles import role_may

    return [role.value for role in Role if role_may(role.value, verb)]


def text_of(letter: Letter, link: str = "") -> str:
    """What the letter says."""
    template = letter_templates()[letter.template]
    if template.recipient == VICTIM:
        return template.text(phone=letter.agency.phone, worker=first_name(letter.written_by.user.name))
    return template.text(link=link)
