from django.urls import path

from dacase.agencies.views import choose

app_name = "agencies"
urlpatterns = [
    path("agencies/choose/", choose.choose, name="choose"),
]
