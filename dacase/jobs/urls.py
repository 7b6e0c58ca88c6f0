from django.urls import path

from dacase.jobs import views

app_name = "jobs"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("jobs/<uuid:pk>/", views.job, name="job"),
]
