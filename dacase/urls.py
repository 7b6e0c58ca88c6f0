"""Every address of the product. Each room keeps its own list."""

from django.urls import include, path

from dacase.ui import views as ui

urlpatterns = [
    path("", include("dacase.agencies.urls")),
    path("", include("dacase.jobs.urls")),
    path("", include("dacase.cases.urls")),
    path("", include("referrals.urls")),
    path("", include("referrals.casework.urls")),
    path("", include("marac.urls")),
    path("", include("refuge.urls")),
    path("", include("reporting.urls")),
    path("accounts/", include("dacase.agencies.account_urls")),
]

handler400 = ui.bad_request
handler403 = ui.permission_denied
handler404 = ui.page_not_found
handler500 = ui.server_error
