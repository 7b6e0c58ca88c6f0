from django.urls import path

from dacase.cases.views import draft

app_name = "cases"
urlpatterns = [
    path("drafts/save/", draft.draft_save, name="draft_save"),
    path("drafts/discard/", draft.draft_discard, name="draft_discard"),
]
