from django.urls import path

from referrals.casework.views import risk_assessment, story

app_name = "casework"
urlpatterns = [
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
    path("cases/<uuid:case_pk>/story/", story.story, name="story"),
    path("cases/<uuid:case_pk>/story/<slug:part>/", story.story_part, name="story_part"),
]
