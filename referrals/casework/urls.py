from django.urls import path

from referrals.casework.views import story

app_name = "casework"
urlpatterns = [
    path("cases/<uuid:case_pk>/story/", story.story, name="story"),
    path("cases/<uuid:case_pk>/story/<slug:part>/", story.story_part, name="story_part"),
]
