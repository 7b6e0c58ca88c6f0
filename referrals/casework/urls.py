from django.urls import path

from referrals.casework.views import (
    closure,
    contact,
    cover,
    day,
    episode,
    hand_over,
    letter,
    risk_assessment,
    story,
    team,
)

app_name = "casework"
urlpatterns = [
    path("my-day/", day.my_day, name="my_day"),
    path("team/", team.team, name="team"),
    path("team/nobody/", team.nobody, name="team_nobody"),
    path("team/<uuid:pk>/", team.worker, name="team_worker"),
    path("cases/<uuid:case_pk>/episodes/new/", episode.episode_begin, name="episode_begin"),
    path("episodes/<uuid:pk>/", episode.episode, name="episode"),
    path("episodes/<uuid:pk>/allocate/", episode.episode_allocate, name="episode_allocate"),
    path("episodes/<uuid:pk>/contact/", contact.attempt_create, name="attempt_create"),
    path("episodes/<uuid:pk>/number/", contact.attempt_number, name="attempt_number"),
    path("episodes/<uuid:pk>/close/", closure.episode_close, name="episode_close"),
    path("episodes/<uuid:pk>/step/", closure.episode_step, name="episode_step"),
    path("episodes/<uuid:pk>/sign-off/", closure.closure_sign_off, name="closure_sign_off"),
    path("episodes/<uuid:pk>/reopen/", closure.episode_reopen, name="episode_reopen"),
    path("attempts/<uuid:pk>/seen/", contact.attempt_seen, name="attempt_seen"),
    path("cover/new/", cover.cover_create, name="cover_create"),
    path("cover/<uuid:pk>/end/", cover.cover_end, name="cover_end"),
    path("hand-over/new/", hand_over.hand_over_create, name="hand_over_create"),
    path("hand-over/<uuid:pk>/", hand_over.hand_over, name="hand_over"),
    path("cases/<uuid:case_pk>/assessments/", risk_assessment.assessment_list, name="assessments"),
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
    path("cases/<uuid:case_pk>/letters/", letter.letter_list, name="letters"),
    path("cases/<uuid:case_pk>/letters/new/", letter.letter_create, name="letter_create"),
    path("letters/<uuid:pk>/", letter.letter, name="letter"),
    path("letters/<uuid:pk>/send/", letter.letter_send, name="letter_send"),
    path("letters/<uuid:pk>/print/", letter.letter_print, name="letter_print"),
    path("letters/<uuid:pk>/paper/", letter.letter_paper, name="letter_paper"),
    path("letters/<uuid:pk>/settle/", letter.letter_settle, name="letter_settle"),
]
