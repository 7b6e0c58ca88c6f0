from django.urls import path

from referrals.api import referral as api
from referrals.views import lists, referral, risk_assessment, route, triage

app_name = "referrals"
urlpatterns = [
    path("referrals/", lists.referral_list, name="list"),
    path("referrals/new/", referral.create, name="create"),
    path("referrals/sent/", referral.sent, name="sent"),
    path("referrals/queue/", triage.queue, name="queue"),
    path("referrals/inbox/", route.inbox, name="inbox"),
    path("referrals/<uuid:pk>/", referral.detail, name="detail"),
    path("referrals/<uuid:pk>/confirmation/", referral.confirmation, name="confirmation"),
    path("referrals/<uuid:pk>/triage/", triage.triage, name="triage"),
    path("referrals/<uuid:pk>/take/", triage.take, name="take"),
    path("referrals/<uuid:pk>/release/", triage.release, name="release"),
    path("referrals/<uuid:pk>/open-case/", triage.open_case, name="open_case"),
    path("referrals/<uuid:pk>/join-case/<uuid:case_pk>/", triage.join_case, name="join_case"),
    path("referrals/<uuid:pk>/route/", triage.route, name="route"),
    path("referrals/<uuid:pk>/return/", triage.return_referral, name="return"),
    path("referrals/<uuid:pk>/decline/", triage.decline, name="decline"),
    path("referrals/<uuid:pk>/no-further-action/", triage.no_further_action, name="no_further_action"),
    path("routes/<uuid:pk>/", route.route_detail, name="route_detail"),
    path("routes/<uuid:pk>/open/", route.route_open, name="route_open"),
    path("routes/<uuid:pk>/accept/", route.route_accept, name="route_accept"),
    path("routes/<uuid:pk>/return/", route.route_return, name="route_return"),
    path("routes/<uuid:pk>/decline/", route.route_decline, name="route_decline"),
    path("cases/<uuid:case_pk>/assessments/new/", risk_assessment.assessment_start, name="assessment_start"),
    path("assessments/<uuid:pk>/", risk_assessment.assessment_detail, name="assessment_detail"),
    path(
        "assessments/<uuid:pk>/sections/<int:number>/",
        risk_assessment.assessment_section,
        name="assessment_section",
    ),
    path(
        "assessments/<uuid:pk>/judgement/", risk_assessment.assessment_judgement, name="assessment_judgement"
    ),
    path("api/referrals/", api.ReferralsView.as_view(), name="api_referrals"),
    path("api/referrals/<uuid:pk>/", api.ReferralView.as_view(), name="api_referral"),
]
