from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("returns/", views.return_list, name="list"),
    path("returns/new/", views.request_return, name="request"),
    path("returns/<uuid:pk>/", views.return_detail, name="detail"),
    path("returns/<uuid:pk>/<slug:ending>/", views.return_download, name="download"),
]
