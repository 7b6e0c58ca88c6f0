from django.urls import path

from dacase.cases.api import case as api
from dacase.cases.views import (
    access,
    case,
    case_list,
    draft,
    facts,
    home,
    location,
    merge,
    person,
    reads,
    relationship,
)

app_name = "cases"
urlpatterns = [
    path("", home.home, name="home"),
    path("drafts/save/", draft.draft_save, name="draft_save"),
    path("drafts/discard/", draft.draft_discard, name="draft_discard"),
    path("cases/", case_list.case_list, name="list"),
    path("cases/search/", case_list.case_search, name="search"),
    path("cases/<uuid:pk>/", case.detail, name="detail"),
    path("cases/<uuid:pk>/people/", case.people, name="people"),
    path("cases/<uuid:pk>/people/add/", person.party_create, name="party_create"),
    path("parties/<uuid:pk>/", person.party_edit, name="party_edit"),
    path("parties/<uuid:pk>/needs/", facts.needs_edit, name="needs_edit"),
    path("parties/<uuid:pk>/child/", facts.child_facts_edit, name="child_facts_edit"),
    path("parties/<uuid:pk>/immigration/", facts.immigration_edit, name="immigration_edit"),
    path("parties/<uuid:pk>/equality/", facts.equality_edit, name="equality_edit"),
    path(
        "parties/<uuid:pk>/relationships/add/", relationship.relationship_create, name="relationship_create"
    ),
    path("relationships/<uuid:pk>/end/", relationship.relationship_end, name="relationship_end"),
    path("parties/<uuid:pk>/safe-contact/", person.safe_contact_edit, name="safe_contact_edit"),
    path("parties/<uuid:pk>/known/", merge.person_matches, name="person_matches"),
    path("parties/<uuid:pk>/merge/<uuid:other_pk>/", merge.merge_create, name="merge_create"),
    path("merges/<uuid:pk>/", merge.merge_detail, name="merge_detail"),
    path("merges/<uuid:pk>/undo/", merge.merge_undo, name="merge_undo"),
    path("cases/<uuid:pk>/timeline/", case.case_timeline, name="timeline"),
    path("cases/<uuid:pk>/close/", case.close, name="close"),
    path("cases/<uuid:pk>/reopen/", case.reopen, name="reopen"),
    path("cases/<uuid:pk>/locations/", location.locations, name="locations"),
    path("cases/<uuid:pk>/locations/add/", location.location_create, name="location_create"),
    path("cases/<uuid:pk>/locations/<uuid:location_pk>/end/", location.location_end, name="location_end"),
    path("cases/<uuid:pk>/access/", access.access, name="access"),
    path("cases/<uuid:pk>/access/share/", access.grant_create, name="grant_create"),
    path("cases/<uuid:pk>/access/<uuid:grant_pk>/longer/", access.grant_extend, name="grant_extend"),
    path("cases/<uuid:pk>/access/<uuid:grant_pk>/end/", access.grant_end, name="grant_end"),
    path("cases/<uuid:pk>/access/bar/", access.exclusion_create, name="exclusion_create"),
    path(
        "cases/<uuid:pk>/access/barred/<uuid:exclusion_pk>/lift/",
        access.exclusion_lift,
        name="exclusion_lift",
    ),
    path("cases/<uuid:pk>/reads/", reads.case_reads, name="reads"),
    path("record/looks/", reads.read_log, name="read_log"),
    path("record/acts/", reads.event_log, name="event_log"),
    path("api/cases/", api.case_list, name="api_list"),
    path("api/cases/<uuid:pk>/", api.case_detail, name="api_detail"),
]
