"""Cases for programs: the same walls, verbs and read log as the pages. Described in docs/api.md."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from dacase.agencies.access import requires
from dacase.audit.services import record_read
from dacase.cases.access import case_or_404, page_name
from dacase.cases.models import Case
from dacase.cases.selectors.case import NEWEST_FIRST, case_grants, case_rows
from dacase.cases.selectors.people import parties_of
from dacase.ui.tables import keyset_page

STATES = ("open", "closed", "all")


class PartySerializer(serializers.Serializer[Any]):
    """Somebody in a case. No location: those are read on the page that asks for a purpose."""

    id = serializers.UUIDField()
    role = serializers.CharField()
    relationship = serializers.CharField()
    given_name = serializers.CharField(source="person.given_name")
    family_name = serializers.CharField(source="person.family_name")
    date_of_birth = serializers.DateField(source="person.date_of_birth")


class CaseSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField()
    band = serializers.CharField(source="headline.band", default="")
    band_set_on = serializers.DateField(source="headline.band_set_on", default=None)
    victim = serializers.CharField(source="headline.victim.name", default="")


@api_view(["GET"])
@requires("view_case")
def case_list(request: Request) -> Response:
    """The agency's cases, newest first, fifty at a time. `next` is the address of those that follow."""
    state = request.query_params.get("state", "open")
    if state not in STATES:
        return Response({"state": [f"Must be one of {', '.join(STATES)}."]}, status=400)
    page = keyset_page(
        case_grants(request.membership, state=state),
        order=NEWEST_FIRST,
        after=request.query_params.get("after"),
    )
    record_read(page_name(request), actor=request.membership)
    cases = [row.case for row in case_rows(page)]
    return Response(
        {
            "next": next_address(request, state, page.next_cursor),
            "results": CaseSerializer(cases, many=True).data,
        }
    )


@api_view(["GET"])
@requires("view_case")
def case_detail(request: Request, pk: UUID) -> Response:
    """One case with its people; 404 for a forbidden and for an absent one."""
    case: Case = case_or_404(request, pk)
    return Response(CaseSerializer(case).data | {"people": PartySerializer(parties_of(case), many=True).data})


def next_address(request: Request, state: str, cursor: str | None) -> str | None:
    """The address of the next page, or None on the last."""
    if cursor is None:
        return None
    return request.build_absolute_uri(f"{reverse('cases:api_list')}?state={state}&after={cursor}")
