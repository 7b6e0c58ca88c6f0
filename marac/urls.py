from django.urls import path

from marac.views import action_point, hearing, marac_referral, meeting

app_name = "marac"
urlpatterns = [
    path("cases/<uuid:case_pk>/marac/", marac_referral.refer, name="refer"),
    path(
        "marac/candidates/<uuid:pk>/withdraw/", marac_referral.candidate_withdraw, name="candidate_withdraw"
    ),
    path("marac/", meeting.meetings, name="meetings"),
    path("marac/new/", meeting.meeting_create, name="meeting_create"),
    path("marac/<uuid:pk>/", meeting.meeting, name="meeting"),
    path("marac/<uuid:pk>/change/", meeting.meeting_edit, name="meeting_edit"),
    path("marac/<uuid:pk>/close/", meeting.meeting_close, name="meeting_close"),
    path("marac/<uuid:pk>/list/<uuid:referral_pk>/", hearing.list_case, name="list_hearing"),
    path("marac/hearings/<uuid:pk>/", hearing.hearing, name="hearing"),
    path("marac/hearings/<uuid:pk>/move/", hearing.hearing_move, name="hearing_move"),
    path("marac/hearings/<uuid:pk>/take-off/", hearing.hearing_take_off, name="hearing_take_off"),
    path("marac/hearings/<uuid:pk>/agencies/", hearing.hearing_agencies, name="hearing_agencies"),
    path("marac/hearings/<uuid:pk>/record/", hearing.hearing_record, name="hearing_record"),
    path("marac/actions/", action_point.action_points, name="action_points"),
    path("marac/actions/<uuid:pk>/", action_point.action_point, name="action_point"),
    path("marac/actions/<uuid:pk>/reopen/", action_point.action_point_reopen, name="action_point_reopen"),
]
